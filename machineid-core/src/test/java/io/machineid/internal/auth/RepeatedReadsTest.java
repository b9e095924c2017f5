package io.machineid.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.machineid.CertificateAuthorities;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.AuthClient.Order;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.transport.AuthChannels;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.HostPort;
import io.machineid.testing.CuttingAuthServer;
import io.machineid.testing.CuttingAuthServer.Fate;
import io.machineid.testing.Impostor;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.tls.PinnedTls;
import io.machineid.wire.auth.AuthServiceGrpc;
import io.machineid.wire.auth.PingRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a connection that breaks under a call costs the caller: a read nothing. */
class RepeatedReadsTest {

  /** The calls that change nothing. */
  private enum Read {
    PING("Ping", AuthClient::proxyPublicAddress),
    AUTHORITY("GetClusterCACert", AuthClient::clusterAuthority),
    ROLE("GetRole", client -> client.impersonatedRoles("bot-example")),
    USER("GetCurrentUser", AuthClient::storedGeneration),
    RESOURCES("ListResources", AuthClient::kubernetesClusters);

    final String call;
    final Function<AuthClient, Object> ask;

    Read(String call, Function<AuthClient, Object> ask) {
      this.call = call;
      this.ask = ask;
    }
  }

  /** Leads to the server, or to where nobody listens. */
  private static final class Ways extends ProxySelector {
    private volatile boolean blocked;

    @Override
    public List<Proxy> select(URI target) {
      return List.of(
          blocked
              ? new Proxy(
                  Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))
              : Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI target, SocketAddress address, IOException error) {}
  }

  private final Ways ways = new Ways();
  private CuttingAuthServer server;
  private AuthRoute route;
  private AuthClient client;

  @BeforeEach
  void start() throws Exception {
    Authorities authorities = new Authorities("a.test", "localhost", InstantSource.system());
    X509Certificate authority = authorities.web().certificate();
    server =
        new CuttingAuthServer(
            Impostor.tls(authorities.web().server()),
            ByteString.copyFromUtf8(Pem.certificate(authority)));
    route =
        new AuthRoute(
            new HostPort("localhost", server.port()),
            List.of("h2"),
            "localhost",
            Optional.empty(),
            AuthRoute.Means.of(new Dialer(ways)));
    client =
        new AuthClient(
            route,
            PinnedTls.context(
                "localhost",
                new KeyManager[0],
                new TrustManager[] {PinnedTls.trustManager(List.of(authority))}));
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void read_whoseConnectionIsCutTwice_isAnsweredByTheThirdTry(Read read) {
    server.next(Fate.CUT, Fate.CUT_AFTER_THE_HEAD);

    assertThat(read.ask.apply(client)).isNotNull();

    assertThat(server.calls).containsExactly(read.call, read.call, read.call);
  }

  @Test
  void read_whoseConnectionIsCutEachTime_failsAfterTheThirdTry() {
    server.next(Fate.CUT, Fate.CUT, Fate.CUT);

    assertThatExceptionOfType(MachineIdException.class)
        .isThrownBy(() -> client.storedGeneration())
        .withMessageContaining("GetCurrentUser at localhost:")
        .satisfies(error -> assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE));
    assertThat(server.calls).hasSize(3);
  }

  @Test
  void readsSideBySide_onAConnectionThatIsCut_areAllAnswered() {
    server.next(Fate.ANSWERED, Fate.CUT);

    CertificateAuthorities known = client.certificateAuthorities();

    assertThat(known.host()).hasSize(1).isEqualTo(known.user());
    assertThat(server.calls).hasSizeGreaterThan(3).containsOnly("GetCertAuthorities");
  }

  @Test
  void reads_whileConnectionsAreCutAllTheTime_doNotFail() {
    for (int round = 0; round < 12; round++) {
      server.next(Fate.CUT);
      for (Read read : Read.values()) {
        assertThat(read.ask.apply(client)).as("round %d, %s", round, read).isNotNull();
        server.cut();
      }
      assertThat(client.certificateAuthorities().host()).hasSize(1);
      server.cut();
    }
  }

  /** gRPC's own retries would send it again: sent twice, it locks the bot. */
  @ParameterizedTest
  @EnumSource(names = {"CUT", "CUT_AFTER_THE_HEAD"})
  void renewal_whoseConnectionIsCut_isNotSentAgain(Fate fate) {
    PublicKey key = KeyAlgorithm.ECDSA_P256.generate().getPublic();
    Order order = Order.renewal("bot-example", Instant.now());
    for (int cut = 1; cut <= 5; cut++) {
      server.next(fate);

      assertThatExceptionOfType(MachineIdException.class)
          .isThrownBy(() -> client.issue(order, key))
          .satisfies(error -> assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE));

      assertThat(server.calls).hasSize(cut);
    }
  }

  @Test
  void read_atAServerThatIsGone_failsWithTheFirstTry() throws Exception {
    server.close();

    assertThatExceptionOfType(MachineIdException.class)
        .isThrownBy(() -> client.storedGeneration())
        .withMessageContaining("refused");
  }

  private void failToDial() {
    ways.blocked = true;
    assertThatExceptionOfType(MachineIdException.class)
        .isThrownBy(() -> client.storedGeneration())
        .withMessageContaining("refused");
    ways.blocked = false;
  }

  @ParameterizedTest
  @EnumSource
  void read_rightAfterADialThatFailed_dialsAnew(Read read) {
    failToDial();

    assertThat(read.ask.apply(client)).isNotNull();

    assertThat(server.calls).containsExactly(read.call);
  }

  @Test
  void renewal_rightAfterADialThatFailed_dialsAnew() {
    PublicKey key = KeyAlgorithm.ECDSA_P256.generate().getPublic();
    failToDial();

    assertThatExceptionOfType(MachineIdException.class)
        .as("the answer has no certificate in it")
        .isThrownBy(() -> client.issue(Order.renewal("bot-example", Instant.now()), key));

    assertThat(server.calls).containsExactly("GenerateUserCerts");
  }

  @Test
  void authorities_rightAfterADialThatFailed_areAskedAnew() {
    failToDial();

    assertThat(client.certificateAuthorities().host()).hasSize(1);
  }

  @Test
  void watch_rightAfterADialThatFailed_dialsAnew() {
    failToDial();

    try (AuthorityWatch unused = client.watchAuthorities("a.test", new Deaf())) {
      await().atMost(Duration.ofSeconds(60)).until(() -> server.calls.contains("WatchEvents"));
    }
  }

  private static final class Deaf implements AuthorityWatch.Listener {
    @Override
    public void ready() {}

    @Override
    public void changed() {}

    @Override
    public void ended() {}
  }

  /** As on a machine that is too busy to begin another thread. */
  @Test
  void read_whoseDialHadNoThread_isAskedAgain() {
    ExecutorService single = Executors.newSingleThreadExecutor();
    ManagedChannel starved =
        OkHttpChannelBuilder.forAddress("localhost", server.port())
            .usePlaintext()
            .transportExecutor(single)
            .build();
    ManagedChannel channel = AuthChannels.toNowhere();
    try {
      StatusRuntimeException failure =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () ->
                  AuthServiceGrpc.newBlockingStub(starved).ping(PingRequest.getDefaultInstance()));
      AtomicInteger tries = new AtomicInteger();

      String answer =
          RepeatedReads.on(
              channel,
              () -> {
                if (tries.incrementAndGet() < 3) {
                  throw failure;
                }
                return "answer";
              });

      assertThat(answer).isEqualTo("answer");
      assertThat(AuthErrors.isWithoutEffect(AuthErrors.of(failure, route, "Ping"))).isTrue();
    } finally {
      channel.shutdownNow();
      starved.shutdownNow();
      single.shutdownNow();
    }
  }
}
