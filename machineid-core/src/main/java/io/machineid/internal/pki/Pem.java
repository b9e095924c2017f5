package io.machineid.internal.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Certificates and keys as text (RFC 7468). */
public final class Pem {

  private static final Base64.Encoder BODY =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
  private static final Pattern KEY_BLOCK =
      Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]*)-----END \\1-----");

  private static final String ED25519 = "1.3.101.112"; // RFC 8410

  private Pem() {}

  /** One block of the given label, ending with a newline. */
  public static String encode(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + BODY.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** A certificate as text. */
  public static String certificate(X509Certificate certificate) {
    try {
      return encode("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }

  /** Certificates one after the other. */
  public static String certificates(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    certificates.forEach(certificate -> text.append(certificate(certificate)));
    return text.toString();
  }

  /** A public key, SubjectPublicKeyInfo under the label {@code PUBLIC KEY}. */
  public static String publicKey(PublicKey key) {
    return encode("PUBLIC KEY", key.getEncoded());
  }

  /** A private key the way Teleport keeps it: PKCS#1 for RSA, PKCS#8 for the others. */
  public static String privateKey(PrivateKey key) {
    if (!key.getAlgorithm().equals("RSA")) {
      return encode("PRIVATE KEY", key.getEncoded());
    }
    try {
      return encode(
          "RSA PRIVATE KEY",
          PrivateKeyInfo.getInstance(key.getEncoded())
              .parsePrivateKey()
              .toASN1Primitive()
              .getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("a private key has no PKCS#1 form", e);
    }
  }

  /**
   * All certificates of a text.
   *
   * @throws CertificateException when one cannot be read, or there is none
   */
  public static List<X509Certificate> parseCertificates(byte[] text) throws CertificateException {
    List<X509Certificate> result = new ArrayList<>();
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(text))) {
      result.add((X509Certificate) certificate);
    }
    if (result.isEmpty()) {
      throw new CertificateException("there is no certificate in it");
    }
    return List.copyOf(result);
  }

  /**
   * The first private key of a text: PKCS#8, PKCS#1 or SEC 1. What it throws never quotes the text.
   *
   * @throws GeneralSecurityException when there is none, or it is of a kind we do not know
   */
  public static PrivateKey parsePrivateKey(String text) throws GeneralSecurityException {
    Matcher block = KEY_BLOCK.matcher(text);
    if (!block.find()) {
      throw new GeneralSecurityException("there is no private key in it");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(block.group(2));
      PrivateKeyInfo info = toPkcs8(block.group(1), der);
      return KeyFactory.getInstance(algorithm(info))
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (IOException | IllegalArgumentException e) {
      throw new GeneralSecurityException("the private key in it cannot be decoded");
    }
  }

  /** Java 17 does not read the form that has the public key in it too (RFC 5958). */
  private static PrivateKeyInfo withoutPublicKey(PrivateKeyInfo info) throws IOException {
    return info.hasPublicKey()
        ? new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey())
        : info;
  }

  private static String algorithm(PrivateKeyInfo info) {
    ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
    if (algorithm.getId().equals(ED25519)) {
      return "Ed25519";
    }
    return algorithm.equals(PKCSObjectIdentifiers.rsaEncryption) ? "RSA" : "EC";
  }

  private static PrivateKeyInfo toPkcs8(String label, byte[] der) throws IOException {
    return switch (label) {
      case "RSA PRIVATE KEY" ->
          new PrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
              RSAPrivateKey.getInstance(der));
      case "EC PRIVATE KEY" -> {
        ECPrivateKey key = ECPrivateKey.getInstance(der);
        yield new PrivateKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()),
            key);
      }
      default -> withoutPublicKey(PrivateKeyInfo.getInstance(der));
    };
  }
}
