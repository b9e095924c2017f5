package io.machineid.cli;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Requests to renew everything now, made by a signal. */
final class Reload {

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  void onRequest(Runnable listener) {
    listeners.add(listener);
  }

  /** Tells the listeners; without any, the request is of no consequence. */
  void request() {
    listeners.forEach(Runnable::run);
  }
}
