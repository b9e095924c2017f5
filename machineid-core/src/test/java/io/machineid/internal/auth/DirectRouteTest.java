package io.machineid.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TrustRoots;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a bot takes for its auth server, when what it knows and what it was told differ. */
class DirectRouteTest {

  private TestCluster teleport;
  private List<X509Certificate> right;
  private List<X509Certificate> wrong;
  private AuthTrust given = AuthTrust.anything();
  private final AtomicInteger asked = new AtomicInteger();
  private DirectRoute route;

  @BeforeEach
  void start() throws Exception {
    teleport = TestCluster.builder().authPort().start();
    right = Pem.parseCertificates(teleport.hostAuthorityPem().getBytes(StandardCharsets.US_ASCII));
    wrong = List.of(teleport.webAuthority());
    route =
        new DirectRoute(
            HostPort.parse(teleport.authAddress()),
            anonymous -> {
              asked.incrementAndGet();
              return given.resolve(anonymous);
            },
            Routes.ofThisProcess(TrustRoots.of(Optional.empty()), false));
  }

  @AfterEach
  void stop() {
    route.close();
    teleport.close();
  }

  private void assertUntrusted(String words) {
    assertThatThrownBy(() -> route.contact())
        .isInstanceOfSatisfying(
            ConnectionException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.UNTRUSTED))
        .hasMessageContaining(words);
  }

  private static AuthTrust nobody() {
    return anonymous -> {
      throw new ConnectionException(Reason.UNTRUSTED, false, "other pins", null);
    };
  }

  @Test
  void clientInUse_staysOpenWhereThereIsNoOther() {
    route.known(right);
    assertThat(route.contact().serverTime()).isPresent();

    given = nobody();
    route.known(List.of());
    assertUntrusted("other pins");
    route.known(right);

    assertThat(route.contact().serverTime()).isPresent();
  }

  @Test
  void outdatedAuthorities_giveWayToThoseThatWereGiven() {
    route.known(wrong);
    given = AuthTrust.authorities(right);

    assertThat(route.contact().serverTime()).isPresent();
    assertThat(route.contact().serverTime()).isPresent();
    assertThat(asked).as("the client that has worked is used again").hasValue(1);
  }

  private void shakeHands() throws IOException {
    JoinChannel channel = route.joinChannel();
    HostPort auth = route.address();
    try (Socket socket =
        channel
            .tls()
            .getSocketFactory()
            .createSocket(
                new Socket(auth.host(), auth.port()),
                channel.route().serverName(),
                auth.port(),
                true)) {
      socket.setSoTimeout(60_000);
      ((SSLSocket) socket).startHandshake();
    }
  }

  @Test
  void conversation_thatWasRefusedByOutdatedAuthorities_goesByThoseThatWereGiven()
      throws Exception {
    route.known(wrong);
    given = AuthTrust.authorities(right);

    assertThatThrownBy(this::shakeHands).isInstanceOf(SSLHandshakeException.class);
    shakeHands();
    assertThatThrownBy(this::shakeHands).isInstanceOf(SSLHandshakeException.class);
    given = AuthTrust.anything();
    assertThatThrownBy(this::shakeHands).isInstanceOf(SSLHandshakeException.class);
    route.known(right);
    shakeHands();
  }

  @Test
  void knownAuthorities_areKeptWhereThoseGivenFailAsWell() {
    route.known(wrong);
    given = AuthTrust.authorities(wrong);
    assertUntrusted("not trusted");
    given = nobody();
    assertUntrusted("other pins");

    given = AuthTrust.anything();
    assertUntrusted("does not go back to trusting anything");
    route.known(right);
    assertThat(route.contact().serverTime()).isPresent();
  }
}
