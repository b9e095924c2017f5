package io.machineid.internal.auth;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has calls dial that come soon after a dial that failed. gRPC refuses them unasked, for a second
 * and later for minutes, with what that dial said. Our calls come seldom, a renewal perhaps for the
 * last time before a certificate ends, and must not fail for what another found a moment ago.
 */
final class StaleDials {

  private static final long LONGEST_SECONDS = 5;

  private StaleDials() {}

  /** Lets go of a dial that failed, if that is the last that is known; calls go on. */
  static void forget(ManagedChannel channel) {
    if (channel.getState(false) == ConnectivityState.CONNECTING) {
      awaitTakenIn(channel); // it tells callers that a dial failed before it notes so itself
    }
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.enterIdle();
      awaitTakenIn(channel);
    }
  }

  /** The same after a call that failed, once the channel has noted what has become of it all. */
  static void forgetAfterFailure(ManagedChannel channel) {
    awaitTakenIn(channel); // or the next call could go to the connection that has just broken
    forget(channel);
  }

  /** Channels do one thing after the other, each soon, and perhaps on another thread. */
  private static void awaitTakenIn(ManagedChannel channel) {
    if (channel.isShutdown()) {
      return; // it would never tell
    }
    CountDownLatch done = new CountDownLatch(1);
    channel.notifyWhenStateChanged(ConnectivityState.SHUTDOWN, done::countDown);
    try {
      boolean unused = done.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
