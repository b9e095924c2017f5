package io.machineid.testkit.internal.kubernetes;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** TLS towards a Kubernetes API, from PEM texts. */
final class HttpTls {

  private HttpTls() {}

  static SslContext context(HttpCredentials credentials) {
    try {
      SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
      if (!credentials.authority().isEmpty()) {
        builder.trustManager(certificates(credentials.authority()));
      }
      if (credentials.certificate().isPresent()) {
        builder.keyManager(
            key(credentials.key().orElseThrow()), certificates(credentials.certificate().get()));
      }
      return builder.build();
    } catch (IOException | CertificateException e) {
      throw new IllegalArgumentException("the credentials of a Kubernetes API cannot be read", e);
    }
  }

  private static X509Certificate[] certificates(String pem) throws CertificateException {
    ByteArrayInputStream in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
        .map(X509Certificate.class::cast)
        .toArray(X509Certificate[]::new);
  }

  private static PrivateKey key(String pem) throws IOException {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
        if (item instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        if (item instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
      }
    }
    throw new IllegalArgumentException(
        "there is no private key in the credentials of a Kubernetes API");
  }
}
