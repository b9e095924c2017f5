package io.machineid.kubernetes;

import io.machineid.ClosedException;
import io.machineid.Credential;
import io.machineid.LiveCredential;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** One of several who use a credential: its close ends its own use, and not the credential. */
final class LentCredential implements LiveCredential {

  private final LiveCredential lender;
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final List<Runnable> closeListeners = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  LentCredential(LiveCredential lender) {
    this.lender = lender;
    subscriptions.add(lender.onClose(this::close));
  }

  @Override
  public Credential current() {
    if (closed) {
      throw new ClosedException("the credential");
    }
    return lender.current();
  }

  @Override
  public Subscription onRotation(Consumer<Credential> listener) {
    Subscription rotation = lender.onRotation(listener);
    subscriptions.add(rotation);
    if (closed) {
      rotation.close();
    }
    return () -> {
      subscriptions.remove(rotation);
      rotation.close();
    };
  }

  @Override
  public Subscription onClose(Runnable listener) {
    closeListeners.add(listener);
    if (closed) {
      tellClosed();
    }
    return () -> closeListeners.remove(listener);
  }

  /** Each listener is told by whoever takes it out of the list first. */
  private void tellClosed() {
    List.copyOf(closeListeners).stream().filter(closeListeners::remove).forEach(Runnable::run);
  }

  @Override
  public void close() {
    closed = true;
    subscriptions.forEach(Subscription::close);
    subscriptions.clear();
    tellClosed();
  }
}
