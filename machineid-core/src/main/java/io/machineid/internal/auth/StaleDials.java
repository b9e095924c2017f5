package io.machineid.internal.auth;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has calls dial that come soon after a dial that failed. gRPC refuses them unasked, for a second
 * and later for minutes, with what that dial said. Our calls come seldom, a renewal perhaps for the
 * last time before a certificate ends, and must not fail for what another found a moment ago.
 */
final class StaleDials implements ClientInterceptor {

  private static final long LONGEST_SECONDS = 5;

  private final ManagedChannel channel;

  /** For calls on a channel. */
  StaleDials(ManagedChannel channel) {
    this.channel = channel;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    forget();
    return next.newCall(method, options);
  }

  /** Lets go of a dial that failed, if that is the last that is known; calls go on. */
  private void forget() {
    if (channel.getState(false) == ConnectivityState.CONNECTING) {
      awaitTakenIn(channel); // it tells callers that a dial failed before it notes so itself
    }
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.enterIdle();
      awaitTakenIn(channel);
    }
  }

  /**
   * Waits until a channel has noted what has become of all that was. Channels do one thing after
   * the other, each soon, and perhaps on another thread.
   */
  static void awaitTakenIn(ManagedChannel channel) {
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
