package io.machineid.testkit.internal.join;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Who certifies what runs in a made-up cloud: a root, and one authority below it. */
final class PlatformAuthorities {

  private static final Duration YEARS = Duration.ofDays(3650);

  private final InstantSource clock;
  private final AtomicLong serial = new AtomicLong(1);
  private final Signer signer;
  private final X509Certificate root;
  private final X509Certificate intermediate;

  /**
   * Where the certificates of the two are published, if they are.
   *
   * @param root the address of the root's certificate
   * @param intermediate the address of the other's
   */
  record Published(String root, String intermediate) {}

  private record Signer(X500Name name, KeyPair key, Optional<String> address) {}

  PlatformAuthorities(
      InstantSource clock, String rootName, String intermediateName, Optional<Published> where) {
    this.clock = clock;
    Signer top = new Signer(new X500Name("CN=" + rootName), key(), where.map(Published::root));
    this.signer =
        new Signer(
            new X500Name("CN=" + intermediateName), key(), where.map(Published::intermediate));
    this.root = certificate(top, top.name(), top.key().getPublic(), YEARS, true);
    this.intermediate = certificate(top, signer.name(), signer.key().getPublic(), YEARS, true);
  }

  /** A new key on P-256. */
  static KeyPair key() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
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

  /** Certifies something that is no authority. */
  X509Certificate issue(X500Name subject, PublicKey key, Duration life) {
    return certificate(signer, subject, key, life, false);
  }

  private X509Certificate certificate(
      Signer by, X500Name subject, PublicKey key, Duration life, boolean authority) {
    Instant now = clock.instant();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              by.name(),
              BigInteger.valueOf(serial.getAndIncrement()),
              Date.from(now.minus(Duration.ofDays(1))),
              Date.from(now.plus(life)),
              subject,
              key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (by.address().isPresent()) {
        builder.addExtension(Extension.authorityInfoAccess, false, issuer(by.address().get()));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(by.key().getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("cannot make a certificate", e);
    }
  }

  private static AuthorityInformationAccess issuer(String address) {
    return new AuthorityInformationAccess(
        AccessDescription.id_ad_caIssuers,
        new GeneralName(GeneralName.uniformResourceIdentifier, address));
  }

  /**
   * Whether a certificate is of something that runs in the cloud, and good now.
   *
   * @param shown certificates between it and the root, as they were presented
   */
  boolean hasIssued(X509Certificate certificate, Collection<X509Certificate> shown) {
    try {
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(certificate);
      PKIXBuilderParameters parameters =
          new PKIXBuilderParameters(Set.of(new TrustAnchor(root, null)), target);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(clock.instant()));
      List<X509Certificate> all = new ArrayList<>(shown);
      all.add(certificate);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(all)));
      var unused = CertPathBuilder.getInstance("PKIX").build(parameters);
      return certificate.getBasicConstraints() < 0;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
