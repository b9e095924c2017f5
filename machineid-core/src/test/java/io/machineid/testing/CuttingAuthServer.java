package io.machineid.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.okhttp.SslSocketFactoryServerCredentials;
import io.grpc.stub.StreamObserver;
import io.machineid.wire.auth.AuthServiceGrpc.AuthServiceImplBase;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.auth.GetClusterCACertResponse;
import io.machineid.wire.auth.GetRoleRequest;
import io.machineid.wire.auth.ListResourcesRequest;
import io.machineid.wire.auth.ListResourcesResponse;
import io.machineid.wire.auth.PingRequest;
import io.machineid.wire.auth.PingResponse;
import io.machineid.wire.auth.UserCertsRequest;
import io.machineid.wire.trust.GetCertAuthoritiesRequest;
import io.machineid.wire.trust.GetCertAuthoritiesResponse;
import io.machineid.wire.trust.TrustServiceGrpc.TrustServiceImplBase;
import io.machineid.wire.types.CAKeySet;
import io.machineid.wire.types.CertAuthoritySpecV2;
import io.machineid.wire.types.CertAuthorityV2;
import io.machineid.wire.types.RoleV6;
import io.machineid.wire.types.TLSKeyPair;
import io.machineid.wire.types.UserV2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;

/**
 * The calls of an auth service, on a server that cuts its connections under them as it is told to.
 * It knows nothing: its answers are as short as they can be.
 */
public final class CuttingAuthServer implements AutoCloseable {

  /** What becomes of one call. */
  public enum Fate {
    ANSWERED,
    /** The connection is cut when the call is there. */
    CUT,
    /** The connection is cut when the head of the answer has left. */
    CUT_AFTER_THE_HEAD
  }

  /** The names of the calls that came, in order. */
  public final List<String> calls = new CopyOnWriteArrayList<>();

  private final Queue<Fate> fates = new ConcurrentLinkedQueue<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong passed = new AtomicLong();
  private final ServerSocket front;
  private final Future<?> accepting;
  private final Server server;

  public CuttingAuthServer(SSLContext tls, ByteString authority) throws IOException {
    server =
        OkHttpServerBuilder.forPort(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                SslSocketFactoryServerCredentials.create(tls.getSocketFactory()))
            .addService(new Auth(authority))
            .addService(new Trust(authority))
            .intercept(new Cutter())
            .build()
            .start();
    front = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    accepting = threads.submit(this::accept);
  }

  public int port() {
    return front.getLocalPort();
  }

  /** What becomes of the next calls, in order; later ones are answered. */
  public void next(Fate... coming) {
    fates.addAll(List.of(coming));
  }

  /** Cuts all connections. */
  public void cut() {
    List<Socket> cut = List.copyOf(open);
    open.removeAll(cut);
    cut.forEach(CuttingAuthServer::end);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!front.isClosed()) {
      try {
        Socket client = front.accept();
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
        open.addAll(List.of(client, upstream));
        threads.execute(() -> pump(client, upstream, new AtomicLong()));
        threads.execute(() -> pump(upstream, client, passed));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void pump(Socket from, Socket to, AtomicLong passed) {
    try (from;
        to) {
      byte[] block = new byte[1 << 13];
      for (int n = read(from, block); n >= 0; n = read(from, block)) {
        to.getOutputStream().write(block, 0, n);
        passed.addAndGet(n);
      }
    } catch (IOException e) {
      Thread.onSpinWait(); // cut, as it should be
    }
  }

  private static int read(Socket from, byte[] block) throws IOException {
    return from.getInputStream().read(block);
  }

  /** When it returns, connections are refused: a port lives on while a thread still waits at it. */
  @Override
  public void close() throws IOException {
    front.close();
    Awaitility.await().until(accepting::isDone);
    cut();
    server.shutdownNow();
    threads.shutdownNow();
  }

  private final class Cutter implements ServerInterceptor {
    @Override
    public <Q, A> Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      calls.add(call.getMethodDescriptor().getBareMethodName());
      Fate fate = fates.poll();
      if (fate == null || fate == Fate.ANSWERED) {
        return next.startCall(call, headers);
      }
      if (fate == Fate.CUT_AFTER_THE_HEAD) {
        long before = passed.get();
        call.sendHeaders(new Metadata());
        Awaitility.await().until(() -> passed.get() > before);
      }
      cut();
      return new Listener<>() {};
    }
  }

  private static <T> void answer(StreamObserver<T> caller, T answer) {
    caller.onNext(answer);
    caller.onCompleted();
  }

  private static final class Auth extends AuthServiceImplBase {
    private final ByteString authority;

    Auth(ByteString authority) {
      this.authority = authority;
    }

    @Override
    public void ping(PingRequest request, StreamObserver<PingResponse> caller) {
      answer(caller, PingResponse.getDefaultInstance());
    }

    @Override
    public void getRole(GetRoleRequest request, StreamObserver<RoleV6> caller) {
      answer(caller, RoleV6.getDefaultInstance());
    }

    @Override
    public void getCurrentUser(Empty request, StreamObserver<UserV2> caller) {
      answer(caller, UserV2.getDefaultInstance());
    }

    @Override
    public void getClusterCACert(Empty request, StreamObserver<GetClusterCACertResponse> caller) {
      answer(caller, GetClusterCACertResponse.newBuilder().setTlsCa(authority).build());
    }

    @Override
    public void listResources(
        ListResourcesRequest request, StreamObserver<ListResourcesResponse> caller) {
      answer(caller, ListResourcesResponse.getDefaultInstance());
    }

    @Override
    public void generateUserCerts(UserCertsRequest request, StreamObserver<Certs> caller) {
      answer(caller, Certs.getDefaultInstance());
    }
  }

  private static final class Trust extends TrustServiceImplBase {
    private final ByteString authority;

    Trust(ByteString authority) {
      this.authority = authority;
    }

    @Override
    public void getCertAuthorities(
        GetCertAuthoritiesRequest request, StreamObserver<GetCertAuthoritiesResponse> caller) {
      CAKeySet keys =
          CAKeySet.newBuilder().addTls(TLSKeyPair.newBuilder().setCert(authority)).build();
      answer(
          caller,
          GetCertAuthoritiesResponse.newBuilder()
              .addCertAuthoritiesV2(
                  CertAuthorityV2.newBuilder()
                      .setSpec(CertAuthoritySpecV2.newBuilder().setActiveKeys(keys)))
              .build());
    }
  }
}
