package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.Bot;
import io.machineid.Credential;
import io.machineid.CredentialRequest;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestSocksProxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whom the SSH tunnel believes, and who is believed there. */
class AuthTunnelTest {

  private static final Dialer DIRECT = new Dialer(ProxySelector.of(null));

  private static TestCluster ours;
  private static TestCluster theirs;
  private static Credential credential;

  @BeforeAll
  static void start() {
    ours = TestCluster.builder().sshTunnel().start();
    theirs = TestCluster.builder().sshTunnel().start();
    ours.createFullAccessRole("example-role");
    try (Bot bot =
        Bot.builder()
            .proxy(ours.proxyAddress())
            .webRoots(List.of(ours.webAuthority()))
            .join(JoinMethod.token(ours.addBot("example", "example-role").token()))
            .start(Duration.ofSeconds(60))) {
      credential = bot.credential(CredentialRequest.forRoles("example-role")).current();
    }
  }

  @AfterAll
  static void stop() {
    ours.close();
    theirs.close();
  }

  private static SshIdentity identity(List<String> authorities) {
    return new SshIdentity(credential.exposePrivateKey(), credential.sshCertificate(), authorities);
  }

  private static AuthTunnel to(TestCluster cluster, List<String> authorities) {
    return new AuthTunnel(HostPort.parse(cluster.sshTunnelAddress()), DIRECT)
        .as(identity(authorities));
  }

  @Test
  void memberOfTheCluster_isLedToTheAuthService() throws Exception {
    try (Socket socket = to(ours, credential.sshHostAuthorities()).open()) {
      ServerLook look =
          ServerLook.at(socket, AuthRoute.ANY_CLUSTER, List.of("h2"), Duration.ofSeconds(60));

      assertThat(look.chain().get(0).getSubjectX500Principal().getName()).contains("O=Admin");
    }
  }

  @Test
  void serverOfAnotherCluster_isNotBelieved() {
    assertThatThrownBy(() -> to(theirs, credential.sshHostAuthorities()).open())
        .hasMessageContaining(theirs.sshTunnelAddress() + " cannot be used")
        .hasMessageContaining("Server key did not validate");
  }

  @Test
  void serverOfAnotherName_isNotBelieved() {
    try (TestSocksProxy between =
        TestSocksProxy.start().leadTo(HostPort.parse(ours.sshTunnelAddress()).port())) {
      Dialer dialer = new Dialer(new EnvironmentProxySelector(Map.of("ALL_PROXY", between.url())));
      AuthTunnel tunnel =
          new AuthTunnel(HostPort.parse("other.example.com:3024"), dialer)
              .as(identity(credential.sshHostAuthorities()));

      assertThatThrownBy(tunnel::open)
          .hasMessageContaining("other.example.com:3024 cannot be used");
    }
  }

  @Test
  void memberOfAnotherCluster_isNotLetIn() {
    assertThatThrownBy(() -> to(theirs, hostAuthorities(theirs)).open())
        .hasMessageContaining("cannot be used");
    assertThat(theirs.connections())
        .noneMatch(each -> each.user().equals(Optional.of("bot-example")));
  }

  /** What a bot of that cluster would know. */
  private static List<String> hostAuthorities(TestCluster cluster) {
    try (Bot bot =
        Bot.builder()
            .proxy(cluster.proxyAddress())
            .webRoots(List.of(cluster.webAuthority()))
            .join(JoinMethod.token(cluster.addBot("other").token()))
            .start(Duration.ofSeconds(60))) {
      return bot.certificateAuthorities().sshHost();
    }
  }

  @Test
  void tunnel_ofNobody_saysThatItTakesAnIdentity() {
    assertThatThrownBy(() -> new AuthTunnel(HostPort.parse(ours.sshTunnelAddress()), DIRECT).open())
        .hasMessageContaining("takes who has an identity only");
  }
}
