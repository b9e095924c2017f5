package io.machineid.kubernetes;

import io.machineid.ClosedException;
import io.machineid.Credential;
import io.machineid.LiveCredential;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A live credential that a test rotates. */
final class StubCredential implements LiveCredential {

  private final List<Consumer<Credential>> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> closeListeners = new CopyOnWriteArrayList<>();
  private volatile Credential current;
  private volatile boolean closed;

  StubCredential(Credential first) {
    current = first;
  }

  @Override
  public Credential current() {
    if (closed) {
      throw new ClosedException("the bot");
    }
    return current;
  }

  @Override
  public Subscription onRotation(Consumer<Credential> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public Subscription onClose(Runnable listener) {
    closeListeners.add(listener);
    return () -> closeListeners.remove(listener);
  }

  @Override
  public void close() {
    closed = true;
    listeners.clear();
    closeListeners.forEach(Runnable::run);
  }

  void rotate(Credential next) {
    current = next;
    listeners.forEach(listener -> listener.accept(next));
  }

  int listeners() {
    return listeners.size();
  }
}
