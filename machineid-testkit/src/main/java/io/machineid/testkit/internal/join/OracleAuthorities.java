package io.machineid.testkit.internal.join;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Who certifies the instances of the made-up Oracle Cloud. */
final class OracleAuthorities {

  private static final X500Name ROOT = new X500Name("CN=PKISVC Identity Root");
  private static final X500Name INTERMEDIATE = new X500Name("CN=PKISVC Identity Intermediate");
  private static final Duration YEARS = Duration.ofDays(3650);
  private static final Duration LIFE = Duration.ofHours(2);

  private final InstantSource clock;
  private final AtomicLong serial = new AtomicLong(1);
  private final KeyPair rootKey = key("EC");
  private final KeyPair intermediateKey = key("EC");
  private final X509Certificate root;
  private final X509Certificate intermediate;

  OracleAuthorities(InstantSource clock) {
    this.clock = clock;
    this.root = certificate(ROOT, rootKey, ROOT, rootKey.getPublic(), YEARS, true);
    this.intermediate =
        certificate(ROOT, rootKey, INTERMEDIATE, intermediateKey.getPublic(), YEARS, true);
  }

  static KeyPair key(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      } else {
        generator.initialize(2048);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make keys", e);
    }
  }

  X509Certificate root() {
    return root;
  }

  X509Certificate intermediate() {
    return intermediate;
  }

  X509Certificate issue(X500Name subject, PublicKey key) {
    return certificate(INTERMEDIATE, intermediateKey, subject, key, LIFE, false);
  }

  private X509Certificate certificate(
      X500Name issuer,
      KeyPair signer,
      X500Name subject,
      PublicKey key,
      Duration life,
      boolean authority) {
    Instant now = clock.instant();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(serial.getAndIncrement()),
              Date.from(now.minus(Duration.ofDays(1))),
              Date.from(now.plus(life)),
              subject,
              key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("cannot make a certificate", e);
    }
  }

  /** Whether a certificate is of an instance, and good now. */
  boolean hasIssued(X509Certificate certificate, X509Certificate by) {
    try {
      by.verify(rootKey.getPublic());
      certificate.verify(by.getPublicKey());
      certificate.checkValidity(Date.from(clock.instant()));
      return certificate.getBasicConstraints() < 0;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static X509Certificate parse(byte[] text) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(text));
  }
}
