package io.machineid.internal.auth;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.machineid.MachineIdException;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.transport.AuthRoute;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One join over a stream: what the cluster says, and what we say to that, in turn. It gets a word
 * in when we listen, so that no more than one is kept. For one thread.
 *
 * @param <Q> what we send
 * @param <A> what the cluster sends
 */
final class JoinStream<Q, A> implements AutoCloseable {

  /** The cluster ends such a stream after a minute. */
  static final Duration LONGEST = Duration.ofSeconds(50);

  private final BlockingQueue<Said<A>> said = new LinkedBlockingQueue<>();
  private final ClientCallStreamObserver<Q> requests;
  private final JoinOrder order;
  private final AuthRoute route;
  private boolean closed;

  /** A message, or how the stream ended. */
  private record Said<A>(@Nullable A message, @Nullable Throwable end) {}

  /**
   * Opens the stream.
   *
   * @param open calls the cluster, with a deadline of {@link #LONGEST}; a method of a stub, whose
   *     observers are those of a client call
   */
  JoinStream(
      JoinOrder order, AuthRoute route, Function<StreamObserver<A>, StreamObserver<Q>> open) {
    this.order = order;
    this.route = route;
    this.requests = (ClientCallStreamObserver<Q>) open.apply(new Ear());
  }

  private final class Ear implements ClientResponseObserver<Q, A> {
    @Override
    public void beforeStart(ClientCallStreamObserver<Q> call) {
      call.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(A message) {
      said.add(new Said<>(message, null));
    }

    @Override
    public void onError(Throwable error) {
      said.add(new Said<>(null, error));
    }

    @Override
    public void onCompleted() {
      said.add(new Said<>(null, Status.UNKNOWN.withDescription("").asRuntimeException()));
    }
  }

  /**
   * What the cluster says next. Blocks.
   *
   * @throws KeyRefused when another kind of key may do
   * @throws MachineIdException when it says no, or nothing
   */
  A next() throws KeyRefused {
    try {
      return next(LONGEST);
    } catch (StatusRuntimeException e) {
      throw JoinErrors.of(e, order, route);
    }
  }

  /**
   * What the cluster says next. Blocks.
   *
   * @param longest how long it may think
   * @throws StatusRuntimeException when it says no, or nothing
   */
  A next(Duration longest) {
    requests.request(1);
    try {
      Said<A> next = said.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        throw Status.DEADLINE_EXCEEDED.asRuntimeException();
      }
      A message = next.message();
      if (message != null) {
        return message;
      }
      throw next.end() instanceof StatusRuntimeException status
          ? status
          : Status.fromThrowable(next.end()).asRuntimeException();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asRuntimeException();
    }
  }

  void send(Q request) {
    requests.onNext(request);
  }

  /**
   * Says the last word, and waits until it was heard: until the other side ends the stream.
   *
   * @param longest how long to wait at most
   */
  void sendLast(Q request, Duration longest) {
    try {
      send(request);
      close();
      var unused = next(longest);
    } catch (StatusRuntimeException e) {
      // It has ended, as it should.
    }
  }

  /** Ends what has not ended by itself. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      requests.onCompleted();
    }
  }

  /** Ends a channel that served one join. */
  static void end(ManagedChannel channel) {
    channel.shutdownNow();
  }
}
