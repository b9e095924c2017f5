package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.testkit.TestCluster;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TieredTrustTest {

  private static TestCluster cluster;
  private static TestCluster other;

  private final AtomicInteger made = new AtomicInteger();

  @BeforeAll
  static void start() {
    cluster = TestCluster.start();
    other = TestCluster.start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
    other.close();
  }

  @Test
  void the_first_does_and_the_second_is_not_made() {
    TieredTrust trust = trust(cluster, other);

    assertThatCode(() -> handshake("localhost", trust)).doesNotThrowAnyException();
    assertThat(made).hasValue(0);
  }

  @Test
  void the_second_does_where_the_first_does_not_and_is_made_once() {
    TieredTrust trust = trust(other, cluster);

    assertThatCode(() -> handshake("localhost", trust)).doesNotThrowAnyException();
    assertThatCode(() -> handshake("localhost", trust)).doesNotThrowAnyException();
    assertThat(made).hasValue(1);
  }

  @Test
  void unknown_to_both_is_refused() {
    TieredTrust trust = trust(other, other);

    assertThatThrownBy(() -> handshake("localhost", trust))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("PKIX path");
  }

  @Test
  void another_name_is_refused_by_the_first_and_by_the_second() {
    for (TieredTrust trust : List.of(trust(cluster, other), trust(other, cluster))) {
      assertThatThrownBy(() -> handshake("another.example", trust))
          .isInstanceOf(SSLHandshakeException.class)
          .hasMessageContaining("No subject alternative DNS name matching another.example");
    }
  }

  @Test
  void issuers_are_those_of_both() {
    assertThat(trust(cluster, other).getAcceptedIssuers())
        .containsExactlyInAnyOrder(cluster.webAuthority(), other.webAuthority());
  }

  @Test
  void roots_of_the_runtime_refuse_what_no_given_root_vouches_for() {
    X509ExtendedTrustManager trust =
        (X509ExtendedTrustManager) TrustRoots.with(List.of(() -> List.of(other.webAuthority())));

    assertThatThrownBy(() -> handshake("localhost", trust))
        .isInstanceOf(SSLHandshakeException.class);
    assertThat(trust.getAcceptedIssuers())
        .contains(other.webAuthority())
        .contains(TrustRoots.of(Optional.empty()).getAcceptedIssuers());
  }

  @Test
  void roots_that_cannot_be_had_are_said_to() {
    X509ExtendedTrustManager trust =
        (X509ExtendedTrustManager)
            TrustRoots.with(
                List.of(
                    () -> {
                      throw new IllegalStateException("the disk is away");
                    }));

    assertThatThrownBy(() -> handshake("localhost", trust))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("the roots to trust could not be had")
        .hasMessageContaining("the disk is away");
  }

  @Test
  void a_tier_without_roots_is_passed_over() {
    X509ExtendedTrustManager trust =
        (X509ExtendedTrustManager)
            TrustRoots.with(List.of(List::of, () -> List.of(cluster.webAuthority())));

    assertThatCode(() -> handshake("localhost", trust)).doesNotThrowAnyException();
  }

  private TieredTrust trust(TestCluster first, TestCluster second) {
    return new TieredTrust(
        List.of(
            () -> trust(first),
            () -> {
              made.incrementAndGet();
              return trust(second);
            }));
  }

  private static Optional<X509ExtendedTrustManager> trust(TestCluster cluster) {
    return Optional.of(PinnedTls.trustManager(List.of(cluster.webAuthority())));
  }

  private static void handshake(String name, X509ExtendedTrustManager trust) throws IOException {
    SSLContext context = PinnedTls.context(name, new KeyManager[0], new TrustManager[] {trust});
    HostPort address = HostPort.parse(cluster.proxyAddress());
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(address.host(), address.port())) {
      socket.startHandshake();
    }
  }
}
