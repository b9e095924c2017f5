package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.testkit.PlainBot.Identity;
import io.machineid.wire.auth.Event;
import io.machineid.wire.auth.PingRequest;
import io.machineid.wire.auth.Watch;
import io.machineid.wire.trust.GetCertAuthoritiesRequest;
import io.machineid.wire.trust.TrustServiceGrpc;
import io.machineid.wire.types.CertAuthorityV2;
import io.machineid.wire.types.WatchKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which user authority signs, and whose certificates are let in, in each phase. */
final class UserAuthorityRotationTest {

  private static final String KUBERNETES = "example-k8s-cluster";
  private static final String ROLE =
      """
      kind: role
      version: v7
      metadata: {name: example-role}
      spec: {allow: {kubernetes_labels: {'*': '*'}, kubernetes_groups: [editor]}}
      """;

  private final TestCluster cluster =
      TestCluster.builder().kubernetesCluster(KUBERNETES, Map.of()).start();
  private final PlainBot bot = new PlainBot(cluster, "rot");
  private Identity identity = bot.join(cluster.addBot("rot", "example-role").token());

  UserAuthorityRotationTest() {
    cluster.createRole(ROLE);
  }

  @AfterEach
  void close() {
    bot.close();
    cluster.close();
  }

  @Test
  void certificates_ofBothAuthorities_areGoodUntilTheEnd() throws Exception {
    Identity old = identity;
    Identity oldOutput = output(old);
    X509Certificate first = userAuthorities().get(0);
    assertThat(kubernetes(oldOutput)).contains(" 200 ");

    cluster.rotateUserAuthority(RotationPhase.INIT);
    assertThat(userAuthorities()).hasSize(2).startsWith(first);
    X509Certificate second = userAuthorities().get(1);
    identity = bot.renew(identity);
    assertSignedBy(first, identity);

    cluster.rotateUserAuthority(RotationPhase.UPDATE_CLIENTS);
    assertThat(userAuthorities()).containsExactly(second, first);
    identity = bot.renew(identity);
    assertSignedBy(second, identity);
    assertThat(identity.authorities()).as("user, user, host").hasSize(3);
    Identity output = output(identity);
    assertSignedBy(second, output);
    for (Identity each : List.of(oldOutput, output)) {
      assertThat(kubernetes(each)).contains(" 200 ");
    }
    assertThat(ping(old)).isNotNull();

    cluster.rotateUserAuthority(RotationPhase.UPDATE_SERVERS);
    assertThat(kubernetes(oldOutput)).contains(" 200 ");

    cluster.rotateUserAuthority(RotationPhase.STANDBY);
    assertThat(userAuthorities()).containsExactly(second);
    assertThat(kubernetes(output)).contains(" 200 ");
    assertThat(ping(identity)).isNotNull();
    assertThatThrownBy(() -> kubernetes(oldOutput)).isInstanceOf(IOException.class);
  }

  @Test
  void rollback_bringsTheOldAuthorityBack() throws Exception {
    List<X509Certificate> before = userAuthorities();
    cluster.rotateUserAuthority(RotationPhase.INIT);
    cluster.rotateUserAuthority(RotationPhase.UPDATE_CLIENTS);
    Identity young = output(identity);

    cluster.rotateUserAuthority(RotationPhase.ROLLBACK);
    assertThat(kubernetes(young)).contains(" 200 ");
    assertThat(userAuthorities()).hasSize(2).startsWith(before.get(0));
    assertSignedBy(before.get(0), output(identity));

    cluster.rotateUserAuthority(RotationPhase.STANDBY);
    assertThat(userAuthorities()).isEqualTo(before);
    assertThatThrownBy(() -> kubernetes(young)).isInstanceOf(IOException.class);
  }

  @Test
  void watchers_areToldOfEachPhaseAndNothingIsCut() {
    Iterator<Event> events =
        bot.auth(identity)
            .withDeadlineAfter(1, TimeUnit.MINUTES)
            .watchEvents(
                Watch.newBuilder()
                    .addKinds(
                        WatchKind.newBuilder()
                            .setKind("cert_authority")
                            .putFilter("user", cluster.clusterName()))
                    .build());
    events.next();

    for (RotationPhase phase :
        List.of(
            RotationPhase.INIT,
            RotationPhase.UPDATE_CLIENTS,
            RotationPhase.UPDATE_SERVERS,
            RotationPhase.STANDBY)) {
      cluster.rotateUserAuthority(phase);
      CertAuthorityV2 authority = events.next().getCertAuthority();
      assertThat(authority.getSubKind()).isEqualTo("user");
      assertThat(authority.getSpec().getRotation().getPhase())
          .isEqualTo(phase.name().toLowerCase(java.util.Locale.ROOT));
      assertThat(authority.getSpec().getAdditionalTrustedKeys().getTlsCount())
          .isEqualTo(phase == RotationPhase.STANDBY ? 0 : 1);
    }
  }

  @Test
  void hostAndUserAuthority_atTheSameTime_areExchangedIndependently() throws Exception {
    cluster.rotateUserAuthority(RotationPhase.INIT);
    cluster.rotateHostAuthority(RotationPhase.INIT);
    cluster.rotateHostAuthority(RotationPhase.UPDATE_CLIENTS);

    identity = bot.renew(identity);
    assertThat(identity.authorities()).as("two user, two host").hasSize(4);
    assertThatThrownBy(() -> cluster.rotateUserAuthority(RotationPhase.UPDATE_SERVERS))
        .isInstanceOf(IllegalStateException.class);
  }

  private Identity output(Identity by) {
    return bot.identity(
        bot.auth(by)
            .generateUserCerts(
                bot.output("example-role").setKubernetesCluster(KUBERNETES).build()));
  }

  private Object ping(Identity who) {
    return bot.auth(who).ping(PingRequest.getDefaultInstance());
  }

  private List<X509Certificate> userAuthorities() {
    return TrustServiceGrpc.newBlockingStub(bot.channel(identity))
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .getCertAuthorities(GetCertAuthoritiesRequest.newBuilder().setType("user").build())
        .getCertAuthoritiesV2List()
        .stream()
        .map(CertAuthorityV2::getSpec)
        .flatMap(
            spec ->
                java.util.stream.Stream.of(spec.getActiveKeys(), spec.getAdditionalTrustedKeys()))
        .flatMap(keys -> keys.getTlsList().stream())
        .map(pair -> Golden.pem(pair.getCert().toStringUtf8()))
        .toList();
  }

  private static void assertSignedBy(X509Certificate authority, Identity identity)
      throws GeneralSecurityException {
    identity.certificate().verify(authority.getPublicKey());
  }

  /** The first line of the answer to a request with a certificate, on a connection of its own. */
  private String kubernetes(Identity who) throws Exception {
    String host = "kube-teleport-proxy-alpn.localhost";
    int port = Integer.parseInt(cluster.proxyAddress().replaceAll(".*:", ""));
    try (SSLSocket socket =
        (SSLSocket)
            context(who).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      socket.setSSLParameters(parameters);
      socket
          .getOutputStream()
          .write(
              ("GET /version HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      if (answer.isEmpty()) {
        throw new IOException("the connection was closed");
      }
      return answer.lines().findFirst().orElseThrow();
    }
  }

  private SSLContext context(Identity who) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("host", Golden.pem(cluster.hostAuthorityPem()));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new Shown(who)}, trust.getTrustManagers(), null);
    return context;
  }

  /** Shows its certificate whomever the server says that it trusts. */
  private static final class Shown extends X509ExtendedKeyManager {

    private final Identity who;

    Shown(Identity who) {
      this.who = who;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return new String[] {"bot"};
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return "bot";
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return "";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {who.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return who.key().getPrivate();
    }
  }
}
