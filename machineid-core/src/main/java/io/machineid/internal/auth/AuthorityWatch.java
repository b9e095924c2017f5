package io.machineid.internal.auth;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.machineid.wire.auth.AuthServiceGrpc.AuthServiceStub;
import io.machineid.wire.auth.Event;
import io.machineid.wire.auth.Operation;
import io.machineid.wire.auth.Watch;
import io.machineid.wire.types.WatchKind;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A stream that says when the certificate authorities of a cluster change. */
public final class AuthorityWatch implements AutoCloseable {

  /** Is told what the stream says, on a gRPC thread. */
  public interface Listener {

    /** The stream stands: what changes from now on is told. */
    void ready();

    /** An authority has changed. */
    void changed();

    /** The stream has ended, and was not closed by us. */
    void ended();
  }

  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable ClientCallStreamObserver<Watch> call;

  private AuthorityWatch() {}

  static AuthorityWatch open(AuthServiceStub auth, String cluster, Listener listener) {
    AuthorityWatch watch = new AuthorityWatch();
    Watch request =
        Watch.newBuilder()
            .addKinds(
                WatchKind.newBuilder()
                    .setKind("cert_authority")
                    .putFilter("host", cluster)
                    .putFilter("user", cluster)
                    .putFilter("db", cluster))
            .build();
    auth.watchEvents(request, watch.new Observer(listener));
    return watch;
  }

  @Override
  public void close() {
    ClientCallStreamObserver<Watch> open = call;
    if (closed.compareAndSet(false, true) && open != null) {
      open.cancel("no longer needed", null);
    }
  }

  private final class Observer implements ClientResponseObserver<Watch, Event> {

    private final Listener listener;

    Observer(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Watch> stream) {
      call = stream;
    }

    @Override
    public void onNext(Event event) {
      if (event.getType() == Operation.INIT) {
        listener.ready();
      } else if (event.hasCertAuthority()) {
        listener.changed();
      }
    }

    @Override
    public void onError(Throwable error) {
      onCompleted();
    }

    @Override
    public void onCompleted() {
      if (closed.compareAndSet(false, true)) {
        listener.ended();
      }
    }
  }
}
