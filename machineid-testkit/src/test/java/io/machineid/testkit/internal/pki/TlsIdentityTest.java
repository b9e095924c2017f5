package io.machineid.testkit.internal.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.testkit.Golden;
import java.io.IOException;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TlsIdentityTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bot-identity-generation-2",
        "output-kubernetes",
        "output-from-role-without-kube-groups",
        "server-auth",
        "server-proxy-kube-sni"
      })
  void subject_ofARealCertificate_isEncodedByteForByte(String name) throws IOException {
    X509Certificate certificate = Golden.certificate(name);

    byte[] encoded = TlsIdentity.decode(certificate).toSubject().getEncoded();

    assertThat(encoded).isEqualTo(certificate.getSubjectX500Principal().getEncoded());
  }

  @Test
  void botCertificate_isDecoded() {
    TlsIdentity bot = TlsIdentity.decode(Golden.certificate("bot-identity-generation-2"));

    assertThat(bot.user()).isEqualTo("bot-d2");
    assertThat(bot.roles()).containsExactly("bot-d2");
    assertThat(bot.principals())
        .containsExactly(
            "-teleport-internal-join", "-teleport-nologin-502cc30e-2d97-49b8-9ecc-c5a2c72049d4");
    assertThat(bot.routeToCluster()).isEqualTo("real.example");
    assertThat(bot.teleportCluster()).hasValue("real.example");
    assertThat(bot.traits()).isEmpty();
    assertThat(bot.renewable()).isTrue();
    assertThat(bot.generation()).hasValue(2);
    assertThat(bot.loginIp()).hasValue("127.0.0.1");
    assertThat(bot.privateKeyPolicy()).hasValue("none");
    assertThat(bot.botName()).hasValue("d2");
    assertThat(bot.impersonator()).isEmpty();
    assertThat(bot.disallowReissue()).isFalse();
  }

  @Test
  void outputCertificate_isDecoded() {
    TlsIdentity output = TlsIdentity.decode(Golden.certificate("output-kubernetes"));

    assertThat(output.roles()).containsExactly("example-role");
    assertThat(output.kubernetesGroups()).containsExactly("editor");
    assertThat(output.kubernetesCluster()).hasValue("example-k8s-cluster");
    assertThat(output.impersonator()).hasValue("bot-d2");
    assertThat(output.disallowReissue()).isTrue();
    assertThat(output.renewable()).isFalse();
    assertThat(output.generation()).isEmpty();
  }

  @Test
  void otherCertificate_isRefused() {
    WebAuthority web =
        new Authorities("a.example", "localhost", java.time.InstantSource.system()).web();

    assertThatThrownBy(() -> TlsIdentity.decode(web.certificate()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no O");
  }
}
