package io.machineid.internal.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.testing.Golden;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysAndPinsTest {

  @Test
  void authorizedKey_ofTheStoredCertificate_isTheStoredLine() throws Exception {
    X509Certificate certificate = Pem.parseCertificates(Golden.bytes("storage/tlscert")).get(0);

    assertThat(SshKeys.authorizedKey(certificate.getPublicKey()))
        .isEqualTo(Golden.text("storage/key.pub"));
  }

  @RepeatedTest(50)
  void authorizedKey_ofRandomEcdsaKeys_isWhatBouncyCastleWrites() throws Exception {
    KeyPair pair = KeyAlgorithm.ECDSA_P256.generate();

    String line = SshKeys.authorizedKey(pair.getPublic());

    byte[] expected =
        OpenSSHPublicKeyUtil.encodePublicKey(
            PublicKeyFactory.createKey(pair.getPublic().getEncoded()));
    assertThat(line).startsWith("ecdsa-sha2-nistp256 ").endsWith("\n");
    assertThat(java.util.Base64.getDecoder().decode(line.strip().split(" ")[1]))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(KeyAlgorithm.class)
  void privateKey_writtenAndRead_isTheSame(KeyAlgorithm algorithm) throws Exception {
    PrivateKey key = algorithm.generate().getPrivate();

    assertThat(Pem.parsePrivateKey(Pem.privateKey(key))).isEqualTo(key);
  }

  @Test
  void privateKey_inSec1Form_isRead() throws Exception {
    KeyPair pair = KeyAlgorithm.ECDSA_P256.generate();
    byte[] sec1 =
        PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    // The JDK leaves the curve out of the inner form; programs that write SEC 1 files put it in.
    org.bouncycastle.asn1.sec.ECPrivateKey inner =
        org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(sec1);
    byte[] withCurve =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
                256, inner.getKey(), org.bouncycastle.asn1.sec.SECObjectIdentifiers.secp256r1)
            .getEncoded();

    PrivateKey read = Pem.parsePrivateKey(Pem.encode("EC PRIVATE KEY", withCurve));

    assertThat(((java.security.interfaces.ECPrivateKey) read).getS())
        .isEqualTo(((java.security.interfaces.ECPrivateKey) pair.getPrivate()).getS());
    assertThat(((ECPublicKey) pair.getPublic()).getParams().getOrder()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nothing", "-----BEGIN PRIVATE KEY-----\n####\n-----END PRIVATE KEY-----\n"})
  void privateKey_notOne_failsWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> Pem.parsePrivateKey(text))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageNotContaining("####");
  }

  @Test
  void pin_ofTheHostAuthority_isTheCapturedOne() {
    CaPin pin = CaPin.of(Golden.certificate("ca-host"));

    assertThat(pin.value())
        .isEqualTo("sha256:" + Golden.json("certs/ca-host.json").path("spki_sha256").asText());
    assertThat(CaPin.allMatch(List.of(Golden.certificate("ca-host")), List.of(pin))).isTrue();
    assertThat(CaPin.allMatch(List.of(), List.of(pin))).isFalse();
  }

  @Test
  void pin_ofOneOfTwoAuthorities_isNotEnough() {
    List<X509Certificate> both =
        List.of(Golden.certificate("ca-host"), Golden.certificate("output-kubernetes"));

    assertThat(CaPin.allMatch(both, List.of(CaPin.of(both.get(0))))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:", "sha1:00", "sha256:zz", "00"})
  void pin_ofWrongForm_isRefused(String text) {
    assertThatThrownBy(() -> new CaPin(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 hex digits");
  }

  @Test
  void certificates_severalInOneText_areAllRead() throws Exception {
    String text = Golden.text("certs/ca-host.pem") + Golden.text("certs/output-kubernetes.pem");

    List<X509Certificate> read = Pem.parseCertificates(text.getBytes(StandardCharsets.US_ASCII));

    assertThat(read).hasSize(2);
    assertThat(Pem.certificate(read.get(0))).isEqualTo(Golden.text("certs/ca-host.pem"));
  }
}
