package io.machineid.kubernetes.internal;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Teleport's identity file: a key, its SSH and X.509 certificates, and the host authorities, in one
 * text. Read without touching the key, so that a credential plugin answers fast.
 *
 * @param certificate the client certificate
 * @param certificatePem the client certificate as it stands in the file
 * @param keyPem the private key as it stands in the file
 */
public record IdentityFile(X509Certificate certificate, String certificatePem, String keyPem) {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----\\s[^-]*-----END \\1-----");

  /**
   * Finds the key and the client certificate, in whatever order they stand.
   *
   * @throws CertificateException when one of them is missing or cannot be read; never quotes the
   *     text
   */
  public static IdentityFile parse(String text) throws CertificateException {
    String key = null;
    List<String> certificates = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      if (block.group(1).equals("CERTIFICATE")) {
        certificates.add(block.group() + "\n");
      } else if (block.group(1).endsWith("PRIVATE KEY")) {
        key = block.group() + "\n";
      }
    }
    if (key == null) {
      throw new CertificateException("there is no private key in it");
    }
    for (String pem : certificates) {
      X509Certificate certificate = certificate(pem);
      if (certificate.getBasicConstraints() < 0) {
        return new IdentityFile(certificate, pem, key);
      }
    }
    throw new CertificateException("there is no client certificate in it");
  }

  private static X509Certificate certificate(String pem) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public String toString() {
    return "IdentityFile[notAfter=" + certificate.getNotAfter().toInstant() + "]";
  }
}
