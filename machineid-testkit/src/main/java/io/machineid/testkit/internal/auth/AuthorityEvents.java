package io.machineid.testkit.internal.auth;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.machineid.wire.auth.Event;
import io.machineid.wire.auth.Operation;
import io.machineid.wire.auth.Watch;
import io.machineid.wire.types.CertAuthorityV2;
import io.machineid.wire.types.Metadata;
import io.machineid.wire.types.WatchKind;
import io.machineid.wire.types.WatchStatusSpecV1;
import io.machineid.wire.types.WatchStatusV1;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells watchers of changed authorities. A new watcher is told nothing of the past. Thread-safe.
 */
final class AuthorityEvents {

  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  void subscribe(Watch request, StreamObserver<Event> observer) {
    Watcher watcher = new Watcher(request, observer);
    if (observer instanceof ServerCallStreamObserver<Event> call) {
      call.setOnCancelHandler(() -> watchers.remove(watcher));
    }
    watcher.send(started(request));
    watchers.add(watcher);
  }

  void changed(CertAuthorityV2 authority) {
    Event event = Event.newBuilder().setType(Operation.PUT).setCertAuthority(authority).build();
    watchers.stream()
        .filter(watcher -> watcher.wants(authority))
        .forEach(watcher -> watcher.send(event));
  }

  private static Event started(Watch request) {
    return Event.newBuilder()
        .setType(Operation.INIT)
        .setWatchStatus(
            WatchStatusV1.newBuilder()
                .setKind("watch_status")
                .setVersion("v1")
                .setMetadata(Metadata.newBuilder().setName("watch-status").setNamespace("default"))
                .setSpec(WatchStatusSpecV1.newBuilder().addAllKinds(request.getKindsList())))
        .build();
  }

  private static final class Watcher {

    private final ReentrantLock lock = new ReentrantLock();
    private final Watch request;
    private final StreamObserver<Event> observer;

    Watcher(Watch request, StreamObserver<Event> observer) {
      this.request = request;
      this.observer = observer;
    }

    boolean wants(CertAuthorityV2 authority) {
      return request.getKindsList().stream().anyMatch(kind -> matches(kind, authority));
    }

    private static boolean matches(WatchKind kind, CertAuthorityV2 authority) {
      String name = kind.getFilterMap().get(authority.getSubKind());
      return kind.getKind().equals("cert_authority")
          && (kind.getFilterMap().isEmpty() || authority.getMetadata().getName().equals(name));
    }

    void send(Event event) {
      lock.lock();
      try {
        observer.onNext(event);
      } catch (RuntimeException e) {
        observer.onError(e);
      } finally {
        lock.unlock();
      }
    }
  }
}
