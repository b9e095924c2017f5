package io.machineid.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A TLS server on loopback for one handshake, which tells who came and by which name. */
final class TlsPeer implements AutoCloseable {

  private final SSLServerSocket listener;
  private final CompletableFuture<String> seen = new CompletableFuture<>();

  /**
   * Listens.
   *
   * @param namedIssuers what to tell clients as issuers, instead of the one that is trusted
   */
  TlsPeer(Issued identity, X509Certificate trusted, X509Certificate... namedIssuers)
      throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server", identity.key(), new char[0], new Certificate[] {identity.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), new TrustManager[] {trust(trusted, namedIssuers)}, null);
    listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    SSLParameters parameters = listener.getSSLParameters();
    parameters.setNeedClientAuth(true);
    parameters.setApplicationProtocols(new String[] {"h2"});
    listener.setSSLParameters(parameters);
    Thread thread = new Thread(this::serve, "tls-peer");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** SNI and client of the handshake. */
  String seen() throws Exception {
    return seen.get(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void serve() {
    try (SSLSocket socket = (SSLSocket) listener.accept()) {
      socket.startHandshake();
      ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
      String sni =
          session.getRequestedServerNames().stream()
              .map(SNIServerName::getEncoded)
              .map(String::new)
              .findFirst()
              .orElse("none");
      seen.complete(sni + " " + session.getPeerPrincipal());
      socket.getInputStream().read();
    } catch (IOException e) {
      seen.completeExceptionally(e);
    }
  }

  private static TrustManager trust(X509Certificate trusted, X509Certificate... named) {
    X509ExtendedTrustManager pkix = PinnedTls.trustManager(List.of(trusted));
    return new javax.net.ssl.X509TrustManager() {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String authType)
          throws java.security.cert.CertificateException {
        pkix.checkClientTrusted(chain, authType);
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String authType)
          throws java.security.cert.CertificateException {
        pkix.checkServerTrusted(chain, authType);
      }

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return named.length == 0 ? pkix.getAcceptedIssuers() : named;
      }
    };
  }

  /** A certificate and its key; an authority issues others. */
  record Issued(X509Certificate certificate, PrivateKey key) {

    private static final AtomicLong SERIALS = new AtomicLong(1);

    static Issued authority(String name) {
      return issue(name, null);
    }

    Issued client(String name) {
      return issue(name, this);
    }

    Issued server(String... names) {
      return issue("server", this, names);
    }

    private static Issued issue(String subject, Issued issuer, String... names) {
      try {
        KeyPair pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
        X500Name name = new X500Name("CN=" + subject);
        X500Name issuerName =
            issuer == null
                ? name
                : X500Name.getInstance(issuer.certificate.getSubjectX500Principal().getEncoded());
        X509v3CertificateBuilder builder =
            new JcaX509v3CertificateBuilder(
                issuerName,
                BigInteger.valueOf(SERIALS.incrementAndGet()),
                Date.from(Instant.now().minusSeconds(60)),
                Date.from(Instant.now().plusSeconds(600)),
                name,
                pair.getPublic());
        builder.addExtension(
            Extension.basicConstraints, true, new BasicConstraints(issuer == null));
        if (names.length > 0) {
          builder.addExtension(
              Extension.subjectAlternativeName, false, new GeneralNames(general(names)));
        }
        PrivateKey signer = issuer == null ? pair.getPrivate() : issuer.key;
        return new Issued(
            new JcaX509CertificateConverter()
                .getCertificate(
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer))),
            pair.getPrivate());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private static GeneralName[] general(String... names) {
      return Arrays.stream(names)
          .map(
              name ->
                  new GeneralName(
                      name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, name))
          .toArray(GeneralName[]::new);
    }
  }
}
