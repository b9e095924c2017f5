package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.pki.TlsIdentity;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** One authority for a test, and what it signs. */
final class Certs {

  private static final X500Name ISSUER = new X500Name("CN=test authority");
  private static final char[] PASSWORD = "test".toCharArray();

  private final KeyPair authorityKey = keyPair();
  final X509Certificate authority = sign(ISSUER, authorityKey, true);

  record Holder(PrivateKey key, List<X509Certificate> chain) {}

  Holder server() {
    KeyPair key = keyPair();
    return new Holder(key.getPrivate(), List.of(sign(new X500Name("CN=localhost"), key, false)));
  }

  Holder client(TlsIdentity identity) {
    KeyPair key = keyPair();
    return new Holder(key.getPrivate(), List.of(sign(identity.toSubject(), key, false)));
  }

  Holder withIssuer(Holder leaf) {
    return new Holder(leaf.key(), List.of(leaf.chain().get(0), authority));
  }

  static TlsIdentity identity(String user, String role, Optional<String> kubernetesCluster) {
    return new TlsIdentity(
        List.of("-teleport-nologin"),
        "real.example",
        Map.of(),
        List.of(role),
        List.of(),
        user,
        List.of(),
        List.of(),
        kubernetesCluster,
        Optional.of("real.example"),
        Optional.of("127.0.0.1"),
        false,
        OptionalLong.empty(),
        Optional.of("none"),
        Optional.of(user),
        true,
        Optional.of(user),
        Optional.empty());
  }

  SSLContext context(Optional<Holder> holder) throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("authority", authority);
    TrustManagerFactory trusting = TrustManagerFactory.getInstance("PKIX");
    trusting.init(trust);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(keyStore(holder), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trusting.getTrustManagers(), null);
    return context;
  }

  private static KeyStore keyStore(Optional<Holder> holder) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (holder.isPresent()) {
      Certificate[] chain = holder.get().chain().toArray(new Certificate[0]);
      store.setKeyEntry("key", holder.get().key(), PASSWORD, chain);
    }
    return store;
  }

  private X509Certificate sign(X500Name subject, KeyPair key, boolean isAuthority) {
    try {
      Instant now = Instant.now();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              ISSUER,
              BigInteger.valueOf(System.nanoTime()),
              Date.from(now.minusSeconds(60)),
              Date.from(now.plusSeconds(3600)),
              subject,
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
