package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are followed, and how far. */
class AzureIntermediatesTest {

  private static final String PUBLISHED = "http://www.microsoft.com/pkiops/certs/";

  private final KeyPair key = newKey();
  private final List<URI> asked = new ArrayList<>();

  private static KeyPair newKey() {
    try {
      return KeyPairGenerator.getInstance("EC").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate certificate(String subject, String issuer, String... addresses)
      throws Exception {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=" + issuer),
            BigInteger.ONE,
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(Duration.ofHours(1))),
            new X500Name("CN=" + subject),
            key.getPublic());
    AccessDescription[] places = new AccessDescription[addresses.length];
    for (int i = 0; i < addresses.length; i++) {
      places[i] =
          new AccessDescription(
              AccessDescription.id_ad_caIssuers,
              new GeneralName(GeneralName.uniformResourceIdentifier, addresses[i]));
    }
    if (places.length > 0) {
      builder.addExtension(
          Extension.authorityInfoAccess, false, new AuthorityInformationAccess(places));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
  }

  /** The certificates of a document, in a PKCS#7 as there is in it. */
  private static String document(X509Certificate... certificates) throws Exception {
    byte[] pkcs7 =
        CertificateFactory.getInstance("X.509")
            .generateCertPath(List.of(certificates))
            .getEncoded("PKCS7");
    return "{\"encoding\":\"pkcs7\",\"signature\":\"%s\"}"
        .formatted(Base64.getEncoder().encodeToString(pkcs7));
  }

  private byte[] found(String document, Map<String, X509Certificate> published) throws Exception {
    return new AzureIntermediates(
            address -> {
              asked.add(address);
              return published.get(address.toString()).getEncoded();
            })
        .of(document);
  }

  @Test
  void chain_isFollowedUpToTheRoot_fromTheLeafOfTheDocument() throws Exception {
    X509Certificate root = certificate("root", "root");
    X509Certificate upper = certificate("upper", "root", PUBLISHED + "root.crt");
    X509Certificate lower = certificate("lower", "upper", PUBLISHED + "upper.crt");
    X509Certificate leaf = certificate("leaf", "lower", PUBLISHED + "lower.crt");
    Map<String, X509Certificate> published =
        Map.of(
            PUBLISHED + "root.crt", root,
            PUBLISHED + "upper.crt", upper,
            PUBLISHED + "lower.crt", lower);
    ByteArrayOutputStream wanted = new ByteArrayOutputStream();
    wanted.write(lower.getEncoded());
    wanted.write(upper.getEncoded());

    assertThat(found(document(leaf), published)).isEqualTo(wanted.toByteArray());
    assertThat(asked).hasSize(3);
    assertThat(found(document(leaf, lower), published)).isEqualTo(wanted.toByteArray());
    assertThat(found(document(lower, leaf), published)).isEqualTo(wanted.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/metadata/instance.crt",
        "http://www.microsoft.com.evil.example/pkiops/certs/a.crt",
        "http://user@evil.example/?www.microsoft.com/pkiops/certs/a.crt",
        "http://www.microsoft.com/pkiops/certs/../../other/a.crt",
        "http://www.microsoft.com/pkiops/certs/a.crt?x=1",
        "ftp://www.microsoft.com/pkiops/certs/a.crt",
        "file:///etc/passwd.crt",
      })
  void otherAddresses_areNeverAsked(String address) throws Exception {
    assertThat(found(document(certificate("leaf", "lower", address)), Map.of())).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void firstAddressOfTheRightForm_isAsked() throws Exception {
    X509Certificate root = certificate("root", "root");
    String right = "https://www.microsoft.com/pkiops/certs/Azure%20Root%2001%20-%20xsign.crt";

    assertThat(
            found(
                document(certificate("leaf", "root", "http://other.example/a.crt", right)),
                Map.of(right, root)))
        .isEmpty();
    assertThat(asked).containsExactly(URI.create(right));
  }

  @Test
  void chainWithoutEnd_isGivenUp() throws Exception {
    X509Certificate one = certificate("one", "two", PUBLISHED + "two.crt");
    X509Certificate two = certificate("two", "one", PUBLISHED + "one.crt");

    assertThatThrownBy(
            () ->
                found(
                    document(certificate("leaf", "one", PUBLISHED + "one.crt")),
                    Map.of(PUBLISHED + "one.crt", one, PUBLISHED + "two.crt", two)))
        .hasMessageContaining("has more than 10 authorities above it");
    assertThat(asked).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"signature\":\"***\"}", "{\"signature\":\"MAA=\"}"})
  void documentThatIsNone_isNotQuoted(String document) {
    assertThatThrownBy(() -> found(document, Map.of()))
        .hasMessageContaining("the attested document does not tell who has signed it");
  }
}
