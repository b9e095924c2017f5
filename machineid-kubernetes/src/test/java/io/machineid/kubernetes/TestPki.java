package io.machineid.kubernetes;

import io.machineid.Credential;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates for tests. */
final class TestPki {

  /** A certificate and its key; an authority signs others. */
  record Identity(X509Certificate certificate, PrivateKey key) {

    Identity server(String... names) {
      GeneralName[] general =
          Arrays.stream(names)
              .map(
                  name ->
                      new GeneralName(
                          name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName,
                          name))
              .toArray(GeneralName[]::new);
      return issue("CN=server", Instant.now().plusSeconds(3600), this, general);
    }

    Identity client(String name, Instant notAfter) {
      return issue("CN=" + name, notAfter, this);
    }

    /** A client's, with which servers of an authority are trusted. */
    Credential credential(Identity servers) {
      return new Credential(
          1, certificate, key, List.of(servers.certificate), List.of(), "", List.of());
    }
  }

  private static final AtomicLong SERIALS = new AtomicLong(System.nanoTime());

  private TestPki() {}

  static Identity authority(String name) {
    return issue("CN=" + name, Instant.now().plusSeconds(7200), null);
  }

  private static Identity issue(
      String subject, Instant notAfter, Identity issuer, GeneralName... names) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X500Name issuerName =
          issuer == null
              ? new X500Name(subject)
              : X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuerName,
              BigInteger.valueOf(SERIALS.incrementAndGet()),
              Date.from(Instant.now().minusSeconds(7200)),
              Date.from(notAfter),
              new X500Name(subject),
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issuer == null));
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      PrivateKey signer = issuer == null ? pair.getPrivate() : issuer.key();
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
      return new Identity(certificate, pair.getPrivate());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
