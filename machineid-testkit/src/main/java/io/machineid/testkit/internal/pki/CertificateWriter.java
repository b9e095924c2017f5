package io.machineid.testkit.internal.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Builds and signs one X.509 certificate; extensions in the order in which they are added. */
final class CertificateWriter {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS = 127;

  private final X500Name subject;
  private final PublicKey key;
  private final Validity validity;
  private final BigInteger serial;
  private final List<Extension> extensions = new ArrayList<>();
  private final X509ExtensionUtils utils;

  CertificateWriter(X500Name subject, PublicKey key, Validity validity, BigInteger serial) {
    this.subject = subject;
    this.key = key;
    this.validity = validity;
    this.serial = serial;
    try {
      utils = new JcaX509ExtensionUtils();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-1 for key identifiers", e);
    }
  }

  /** From when to when. */
  record Validity(Instant notBefore, Instant notAfter) {}

  static BigInteger newSerial() {
    return new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1);
  }

  CertificateWriter authority() {
    add(
        Extension.keyUsage,
        true,
        new KeyUsage(
            KeyUsage.digitalSignature
                | KeyUsage.keyEncipherment
                | KeyUsage.keyCertSign
                | KeyUsage.cRLSign));
    add(Extension.basicConstraints, true, new BasicConstraints(true));
    return add(Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(info(key)));
  }

  CertificateWriter leaf(PublicKey issuerKey) {
    add(
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
    add(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    add(Extension.basicConstraints, true, new BasicConstraints(false));
    return add(
        Extension.authorityKeyIdentifier,
        false,
        utils.createAuthorityKeyIdentifier(info(issuerKey)));
  }

  CertificateWriter names(List<String> dnsNames, List<String> addresses) {
    List<GeneralName> names = new ArrayList<>();
    dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
    return add(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.toArray(GeneralName[]::new)));
  }

  X509Certificate sign(X500Name issuer, PrivateKey signer) {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuer,
            serial,
            Date.from(validity.notBefore()),
            Date.from(validity.notAfter()),
            subject,
            info(key));
    String algorithm = signer.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    try {
      for (Extension extension : extensions) {
        builder.addExtension(extension);
      }
      X509CertificateHolder holder =
          builder.build(new JcaContentSignerBuilder(algorithm).build(signer));
      return new JcaX509CertificateConverter().getCertificate(holder);
    } catch (IOException | OperatorCreationException | CertificateException e) {
      throw new IllegalStateException("cannot issue a certificate", e);
    }
  }

  private CertificateWriter add(ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
    try {
      extensions.add(new Extension(type, critical, value.toASN1Primitive().getEncoded()));
    } catch (IOException e) {
      throw new IllegalStateException("cannot encode an extension", e);
    }
    return this;
  }

  private static SubjectPublicKeyInfo info(PublicKey key) {
    return SubjectPublicKeyInfo.getInstance(key.getEncoded());
  }
}
