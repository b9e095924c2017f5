package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.Pem;
import java.io.Reader;
import java.math.BigInteger;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.RSAPrivateKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.junit.jupiter.api.Test;

/**
 * What is signed for Oracle Cloud. The vectors were made with {@code openssl dgst -sha256 -sign},
 * the one of the challenge with {@code -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32}.
 */
class OracleJoinTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/oracle");
  private static final Instant NOW = Instant.parse("2026-02-02T03:04:05Z");
  private static final String HOST = "auth.eu-frankfurt-1.oraclecloud.com";

  private static BigInteger number(String name) throws Exception {
    Properties numbers = new Properties();
    try (Reader reader = Files.newBufferedReader(GOLDEN.resolve("instance.properties"))) {
      numbers.load(reader);
    }
    return new BigInteger(numbers.getProperty(name), 16);
  }

  private static PrivateKey key() throws Exception {
    return KeyFactory.getInstance("RSA")
        .generatePrivate(new RSAPrivateKeySpec(number("modulus"), number("privateExponent")));
  }

  private static String vector(String name) throws Exception {
    return Files.readString(GOLDEN.resolve(name)).replaceAll("\\s", "");
  }

  @Test
  void request_isSignedAsOpensslSignsIt() throws Exception {
    byte[] request =
        OracleInstance.rootAuthorities(new OracleSignature("ST$a.b.c", key()), HOST, NOW);

    assertThat(new String(request, StandardCharsets.US_ASCII))
        .isEqualTo(
            "GET /v1/instancePrincipalRootCACertificates HTTP/1.1\r\n"
                + "Host: "
                + HOST
                + "\r\nDate: Mon, 02 Feb 2026 03:04:05 GMT\r\n"
                + "Authorization: Signature version=\"1\",keyId=\"ST$a.b.c\","
                + "algorithm=\"rsa-sha256\",headers=\"date (request-target) host\",signature=\""
                + vector("root-authorities-request.sig")
                + "\"\r\n\r\n");
  }

  private static PSSSigner verifier() throws Exception {
    PSSSigner verifier = new PSSSigner(new RSAEngine(), new SHA256Digest(), 32);
    verifier.init(false, new RSAKeyParameters(false, number("modulus"), number("publicExponent")));
    byte[] challenge = "a-challenge".getBytes(StandardCharsets.US_ASCII);
    verifier.update(challenge, 0, challenge.length);
    return verifier;
  }

  /** The signature has a random salt: what others verify stands for what they sign. */
  @Test
  void challenge_isSignedSoThatOthersVerifyIt() throws Exception {
    byte[] ofOpenssl = Base64.getDecoder().decode(vector("challenge-pss.sig"));
    assertThat(verifier().verifySignature(ofOpenssl)).isTrue();

    byte[] ours = OracleSignature.pss(key(), "a-challenge");
    assertThat(verifier().verifySignature(ours)).isTrue();
    ours[0] ^= 1;
    assertThat(verifier().verifySignature(ours)).isFalse();
  }

  @Test
  void fingerprint_isThatOfOpenssl() throws Exception {
    assertThat(
            OracleFederation.fingerprint(
                Pem.parseCertificates(Files.readAllBytes(GOLDEN.resolve("certificate.pem")))
                    .get(0)))
        .isEqualTo(
            "6F:96:14:AA:EF:C4:53:2E:D5:4F:9A:22:D2:ED:8F:7F:"
                + "92:90:77:F3:D4:02:11:F6:2C:A9:75:E6:E0:B4:E5:3A");
  }

  @Test
  void digest_isThatOfOpenssl() {
    assertThat(OracleSignature.digest("{\"requestHeaders\":{}}"))
        .isEqualTo("xH8Ax2qD+jbocfYd66foTiFhgGDXOdMelhaaTP/zAXE=");
  }

  @Test
  void requests_carryTheChallengeUnderBothSignatures() throws Exception {
    OracleSignedRequests requests =
        OracleInstance.requests(new OracleSignature("ST$a.b.c", key()), HOST, "a-challenge", NOW);

    Map<String, String> inner = new LinkedHashMap<>(requests.exposePayloadHeaders());
    assertThat(inner)
        .containsOnlyKeys(
            "(request-target)", "authorization", "host", "x-date", "x-teleport-challenge")
        .containsEntry("x-teleport-challenge", "a-challenge")
        .containsEntry("x-date", "Mon, 02 Feb 2026 03:04:05 GMT");
    assertThat(inner.get("authorization"))
        .contains("headers=\"x-date (request-target) host x-teleport-challenge\"");
    assertThat(requests.exposeHeaders())
        .containsOnlyKeys(
            "authorization",
            "content-length",
            "content-type",
            "host",
            "x-content-sha256",
            "x-date",
            "x-teleport-challenge")
        .containsEntry("host", HOST)
        .containsEntry("x-teleport-challenge", "a-challenge");
    assertThat(requests.exposeHeaders().get("authorization"))
        .contains(
            "headers=\"x-date (request-target) host content-length content-type x-content-sha256"
                + " x-teleport-challenge\"");
  }

  @Test
  void evidence_showsNothingOfItself() throws Exception {
    OracleSignature signature = new OracleSignature("ST$very-secret", key());
    assertThat(signature.toString()).doesNotContain("very-secret");
    assertThat(OracleInstance.requests(signature, HOST, "x", NOW).toString())
        .isEqualTo("OracleSignedRequests[…]");
    assertThat(OracleProof.of("cert", "intermediate", new byte[1], new byte[1]).toString())
        .isEqualTo("OracleProof[…]");
    assertThat(JoinMethod.oracle("example-token")).hasToString("oracle (token name given)");
  }

  @Test
  void keyThatIsNotRsa_isRefused() throws Exception {
    PrivateKey other = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();

    assertThatThrownBy(() -> OracleSignature.pss(other, "x"))
        .isInstanceOfSatisfying(
            JoinException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EVIDENCE))
        .hasMessageContaining("it is no RSA key");
    assertThatThrownBy(() -> new OracleSignature("id", other).authorization(Map.of("host", HOST)))
        .hasMessageContaining("it is no RSA key");
  }

  @Test
  void challengeThatWouldBreakTheRequest_isRefused() {
    assertThatThrownBy(
            () ->
                JoinMethod.oracle("example-token")
                    .environment(Map.of())
                    .signedRequests("x\r\nhost: evil", NOW, ProxySelector.of(null)))
        .hasMessageContaining("challenge is not of the form");
  }

  @Test
  void keyAndCertificate_haveToBelongTogether() throws Exception {
    X509Certificate certificate =
        Pem.parseCertificates(Files.readAllBytes(GOLDEN.resolve("certificate.pem"))).get(0);
    OracleMetadata.checkPair(certificate, key());

    PrivateKey other = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
    assertThatThrownBy(() -> OracleMetadata.checkPair(certificate, other))
        .isInstanceOfSatisfying(JoinException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("do not belong together");
  }
}
