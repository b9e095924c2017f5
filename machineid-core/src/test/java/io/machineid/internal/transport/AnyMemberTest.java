package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.ServerIdentity;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Who may answer a join within an upgraded connection. */
class AnyMemberTest {

  private static final Authorities CLUSTER =
      new Authorities("a.test", "proxy.test", InstantSource.system());

  private static void check(ServerIdentity server) throws CertificateException {
    new AnyMember().checkServerTrusted(server.chain().toArray(X509Certificate[]::new), "EC");
  }

  @Test
  void proxyAndAuthService_areLetIn() {
    assertThatCode(() -> check(CLUSTER.servers().proxy())).doesNotThrowAnyException();
    assertThatCode(() -> check(CLUSTER.servers().auth())).doesNotThrowAnyException();
  }

  @Test
  void webCertificate_isRefused() {
    assertThatThrownBy(() -> check(CLUSTER.web().server()))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("no Teleport proxy answers")
        .hasMessageContaining("teleport.cluster.local");
  }

  @Test
  void member_whoseTimeIsOver_isRefused() throws Exception {
    X509Certificate ended = mock(X509Certificate.class);
    doThrow(new CertificateExpiredException("ended")).when(ended).checkValidity();

    assertThatThrownBy(
            () -> new AnyMember().checkServerTrusted(new X509Certificate[] {ended}, "EC"))
        .isInstanceOf(CertificateExpiredException.class);
  }
}
