package io.machineid.testkit.internal.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.Golden;
import io.machineid.testkit.PlainBot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IssuedCertificatesTest {

  private static final Authorities AUTHORITIES =
      new Authorities("real.example", "teleport.localtest", InstantSource.system());
  private static final UserCertificates ISSUER =
      new UserCertificates(AUTHORITIES, InstantSource.system());

  private static Instant soon() {
    return Instant.now().plus(Duration.ofHours(1));
  }

  private static String ssh(String golden, KeyPair key) {
    return ISSUER.ssh(
        TlsIdentity.decode(Golden.certificate(golden)),
        SshKey.parse(PlainBot.sshLine(key)),
        soon());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bot-identity-generation-2", "output-kubernetes"})
  void userCertificate_hasTheLayoutOfARealOne(String golden) throws Exception {
    X509Certificate issued =
        ISSUER.tls(
            TlsIdentity.decode(Golden.certificate(golden)),
            PlainBot.newKey("EC").getPublic(),
            soon());

    assertThat(layout(issued)).isEqualTo(layout(Golden.certificate(golden)));
    assertThat(issued.getIssuerX500Principal())
        .isEqualTo(AUTHORITIES.get(AuthorityType.USER).certificate().getSubjectX500Principal());
    issued.verify(AUTHORITIES.get(AuthorityType.USER).certificate().getPublicKey());
  }

  @Test
  void serverCertificates_haveTheLayoutOfRealOnes() throws Exception {
    X509Certificate auth = AUTHORITIES.servers().auth().chain().get(0);
    X509Certificate proxy = AUTHORITIES.servers().proxy().chain().get(0);

    assertThat(layout(auth)).isEqualTo(layout(Golden.certificate("server-auth")));
    assertThat(layout(proxy)).isEqualTo(layout(Golden.certificate("server-proxy-kube-sni")));
    assertThat(auth.getSubjectAlternativeNames())
        .containsExactlyElementsOf(Golden.certificate("server-auth").getSubjectAlternativeNames());
    assertThat(proxy.getSubjectAlternativeNames())
        .containsAll(Golden.certificate("server-proxy-kube-sni").getSubjectAlternativeNames())
        .contains(
            List.of(2, "kube-teleport-proxy-alpn.teleport.localtest"),
            List.of(2, "kube-teleport-proxy-alpn.teleport.cluster.local"));
  }

  @Test
  void authorities_haveTheLayoutOfRealOnesAndDifferInSerialOnly() throws Exception {
    X509Certificate host = AUTHORITIES.get(AuthorityType.HOST).certificate();
    X509Certificate user = AUTHORITIES.get(AuthorityType.USER).certificate();

    assertThat(layout(host)).isEqualTo(layout(Golden.certificate("ca-host")));
    assertThat(host.getSubjectX500Principal().getName())
        .doesNotContain(user.getSerialNumber().toString());
    assertThat(new JcaX509CertificateHolder(host).getSubject().toString())
        .isEqualTo("O=real.example,CN=real.example,SERIALNUMBER=" + host.getSerialNumber());
    assertThat(AUTHORITIES.get(AuthorityType.DB).sshLine()).isEmpty();
  }

  /** Attributes of the names, extensions with criticality, and what the extensions allow. */
  private static Map<String, Object> layout(X509Certificate certificate) throws Exception {
    X509CertificateHolder holder = new JcaX509CertificateHolder(certificate);
    Map<String, Object> layout = new LinkedHashMap<>();
    layout.put("version", certificate.getVersion());
    layout.put("signature", certificate.getSigAlgName());
    layout.put("subject", attributes(holder.getSubject()));
    layout.put("issuer", attributes(holder.getIssuer()));
    layout.put(
        "extensions",
        Stream.of(holder.getExtensions().getExtensionOIDs())
            .map(ASN1ObjectIdentifier.class::cast)
            .map(oid -> oid + (holder.getExtension(oid).isCritical() ? "!" : ""))
            .toList());
    layout.put("keyUsage", java.util.Arrays.toString(certificate.getKeyUsage()));
    layout.put("extendedKeyUsage", certificate.getExtendedKeyUsage());
    layout.put("authority", certificate.getBasicConstraints());
    return layout;
  }

  private static List<String> attributes(X500Name name) {
    return Stream.of(name.getRDNs())
        .map(
            (RDN rdn) ->
                Stream.of(rdn.getTypesAndValues())
                    .map(each -> each.getType() + ":" + each.getValue().getClass().getSimpleName())
                    .toList()
                    .toString())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bot-identity-generation-1", "output-kubernetes"})
  void sshCertificate_hasTheFieldsOfARealOne(String golden) throws Exception {
    SshFields real = SshFields.read(Golden.text("certs/ssh-" + golden + "-cert.pub"));
    String from = golden.startsWith("bot") ? "bot-identity-generation-2" : golden;
    TlsIdentity identity = TlsIdentity.decode(Golden.certificate(from));
    SshFields issued = SshFields.read(ssh(from, PlainBot.newKey("RSA")));

    assertThat(issued.type()).isEqualTo(real.type());
    assertThat(issued.serial()).isZero();
    assertThat(issued.kind()).isEqualTo(real.kind());
    assertThat(issued.keyId()).isEqualTo(identity.user());
    assertThat(issued.principals()).hasSameSizeAs(real.principals());
    assertThat(issued.extensions().keySet()).containsExactlyElementsOf(real.extensions().keySet());
    assertThat(issued.extensions().get("teleport-roles"))
        .isEqualTo(real.extensions().get("teleport-roles").replace("bot-j-rsa", "bot-d2"));
    assertThat(issued.extensions()).containsEntry("teleport-traits", "null");
    assertThat(issued.signatureType()).isEqualTo("rsa-sha2-512").isEqualTo(real.signatureType());
    assertThat(issued.verifies()).isTrue();
    assertThat(real.verifies()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "EC384", "Ed25519"})
  void sshCertificate_forOtherKeys_isWellFormed(String algorithm) throws Exception {
    SshFields issued = SshFields.read(ssh("output-kubernetes", PlainBot.newKey(algorithm)));

    assertThat(issued.type()).endsWith("-cert-v01@openssh.com");
    assertThat(issued.keyId()).isEqualTo("bot-d2");
    assertThat(issued.verifies()).isTrue();
  }

  /** A reader of its own, after OpenSSH's PROTOCOL.certkeys. */
  private record SshFields(
      String type,
      long serial,
      int kind,
      String keyId,
      List<String> principals,
      Map<String, String> extensions,
      String signatureType,
      boolean verifies) {

    static SshFields read(String line) throws Exception {
      byte[] bytes = Base64.getDecoder().decode(line.split(" ")[1].strip());
      ByteBuffer in = ByteBuffer.wrap(bytes);
      String type = text(in);
      string(in);
      int keyFields = type.startsWith("ssh-ed25519") ? 1 : 2;
      for (int i = 0; i < keyFields; i++) {
        string(in);
      }
      long serial = in.getLong();
      int kind = in.getInt();
      String keyId = text(in);
      List<String> principals = new ArrayList<>();
      ByteBuffer list = ByteBuffer.wrap(string(in));
      while (list.hasRemaining()) {
        principals.add(text(list));
      }
      in.getLong();
      in.getLong();
      string(in);
      Map<String, String> extensions = extensions(ByteBuffer.wrap(string(in)));
      string(in);
      String authority = "ssh-rsa " + Base64.getEncoder().encodeToString(string(in));
      byte[] signed = java.util.Arrays.copyOf(bytes, in.position());
      ByteBuffer signature = ByteBuffer.wrap(string(in));
      String signatureType = text(signature);
      Signature verifier = Signature.getInstance("SHA512withRSA");
      verifier.initVerify(SshKey.parse(authority).publicKey());
      verifier.update(signed);
      return new SshFields(
          type,
          serial,
          kind,
          keyId,
          principals,
          extensions,
          signatureType,
          verifier.verify(string(signature)) && !in.hasRemaining());
    }

    private static Map<String, String> extensions(ByteBuffer in) {
      Map<String, String> extensions = new LinkedHashMap<>();
      while (in.hasRemaining()) {
        String name = text(in);
        ByteBuffer value = ByteBuffer.wrap(string(in));
        extensions.put(name, value.hasRemaining() ? text(value) : "");
      }
      return extensions;
    }

    private static byte[] string(ByteBuffer in) {
      byte[] bytes = new byte[in.getInt()];
      in.get(bytes);
      return bytes;
    }

    private static String text(ByteBuffer in) {
      return new String(string(in), StandardCharsets.UTF_8);
    }
  }
}
