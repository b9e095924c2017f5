package io.machineid.kubernetes.internal;

import java.util.concurrent.CompletableFuture;

/** A future that takes what is behind it along when it, or one that hangs on it, is cancelled. */
final class LiveAnswer<T> extends CompletableFuture<T> {

  private final Runnable abandon;

  LiveAnswer(Runnable abandon) {
    this.abandon = abandon;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new LiveAnswer<>(abandon);
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    boolean cancelled = super.cancel(mayInterrupt);
    if (cancelled && mayInterrupt) {
      abandon.run();
    }
    return cancelled;
  }
}
