package io.machineid.testkit.internal.kubeproxy;

import java.util.ArrayList;
import java.util.List;

/** What to do once when something ends; at once for what comes later. Thread-safe. */
final class CloseActions {

  private final List<Runnable> actions = new ArrayList<>();
  private boolean closed;

  void add(Runnable action) {
    synchronized (actions) {
      if (!closed) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  /** Runs the actions; answers whether this was the first time. */
  boolean fire() {
    List<Runnable> due;
    synchronized (actions) {
      if (closed) {
        return false;
      }
      closed = true;
      due = List.copyOf(actions);
      actions.clear();
    }
    due.forEach(Runnable::run);
    return true;
  }

  boolean fired() {
    synchronized (actions) {
      return closed;
    }
  }
}
