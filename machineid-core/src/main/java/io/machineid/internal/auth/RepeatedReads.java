package io.machineid.internal.auth;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.internal.transport.TransportErrors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks again where a connection broke under a call that changes nothing.
 *
 * <p>gRPC's own retries cannot be used for it. They are switched on for a whole channel, and on
 * OkHttp's transport a connection that breaks counts as if the server had refused all calls on it
 * unseen, whatever the service config says of a method: gRPC then sends each of them once more by
 * itself. A renewal that is sent twice makes the cluster lock the bot.
 */
final class RepeatedReads {

  private static final int TRIES = 3;
  private static final long LONGEST_FIRST_PAUSE_MILLIS = 100;
  private static final int PAUSE_FACTOR = 4;
  private static final String STREAM_ENDED = "End of stream or IOException";
  private static final String GOING_AWAY = "GOAWAY";
  private static final String NO_THREAD = "Timed out waiting for second handshake thread";

  private RepeatedReads() {}

  /**
   * The answer to a read, asked for up to three times within about half a second. Blocks.
   *
   * @param channel what is read over
   * @param read asks, and asks anew each time; has a deadline of its own
   * @throws StatusRuntimeException from the last try; at once where a repetition cannot help
   */
  static <T> T on(ManagedChannel channel, Supplier<T> read) {
    long longestPause = LONGEST_FIRST_PAUSE_MILLIS;
    for (int tries = 1; ; tries++) {
      try {
        return read.get();
      } catch (StatusRuntimeException e) {
        boolean worthAnother = isCut(e) || isUndialled(e);
        if (tries == TRIES || !worthAnother || channel.isShutdown() || !paused(longestPause)) {
          throw e;
        }
        // Or the next try could go to the connection that has just broken.
        StaleDials.awaitTakenIn(channel);
        longestPause *= PAUSE_FACTOR;
      }
    }
  }

  /** Whether a connection broke under a call. */
  static boolean isCut(StatusRuntimeException error) {
    Status status = error.getStatus();
    if (status.getCode() != Status.Code.UNAVAILABLE) {
      return false;
    }
    // Without a cause it is an answer of the server's, unless gRPC itself found the stream ended.
    String words = String.valueOf(status.getDescription());
    return status.getCause() == null
        ? words.startsWith(STREAM_ENDED) || words.contains(GOING_AWAY)
        : TransportErrors.isCut(status.getCause());
  }

  /**
   * Whether this machine was too busy to dial. OkHttp's transport wants two threads, and gives up
   * when the second has not begun within a second.
   */
  static boolean isUndialled(StatusRuntimeException error) {
    return error.getStatus().getCode() == Status.Code.UNAVAILABLE
        && String.valueOf(error.getStatus().getDescription()).startsWith(NO_THREAD);
  }

  private static boolean paused(long longestMillis) {
    long millis = ThreadLocalRandom.current().nextLong(longestMillis / 2, longestMillis);
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
