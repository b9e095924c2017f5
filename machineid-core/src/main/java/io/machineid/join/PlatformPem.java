package io.machineid.join;

import io.machineid.internal.pki.Pem;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Certificates and keys that a platform hands out, read as everywhere else. */
final class PlatformPem {

  private PlatformPem() {}

  /**
   * All certificates of a text, of a PKCS#7 or of a DER.
   *
   * @throws CertificateException when one cannot be read, or there is none
   */
  static List<X509Certificate> certificates(byte[] text) throws CertificateException {
    return Pem.parseCertificates(text);
  }

  /**
   * The first private key of a text. What it throws never quotes the text.
   *
   * @throws GeneralSecurityException when there is none, or it is of a kind we do not know
   */
  static PrivateKey privateKey(String text) throws GeneralSecurityException {
    return Pem.parsePrivateKey(text);
  }
}
