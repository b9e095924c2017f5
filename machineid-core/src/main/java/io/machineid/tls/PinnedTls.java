package io.machineid.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Makes TLS contexts that are pinned to one server name: every engine and every socket of such a
 * context sends that name as SNI and accepts only a certificate that has it, whatever host the
 * caller connects to and whatever {@link javax.net.ssl.SSLParameters} it sets. The ALPN list and
 * everything else stay the caller's.
 *
 * <p>Contexts are immutable and thread-safe. Make a new one for each new certificate: a context
 * resumes sessions, and a resumed session speaks for the certificate that it began with.
 */
public final class PinnedTls {

  private PinnedTls() {}

  /**
   * A context from managers that the caller has.
   *
   * @param serverName the DNS name to send and to verify; an IP address is verified and not sent
   * @param keys what to present, or empty for an anonymous client
   * @param trust whom to believe; a manager that extends {@link X509ExtendedTrustManager} checks
   *     the name itself, others get the check from the JDK
   * @return a context for clients only
   */
  public static SSLContext context(String serverName, KeyManager[] keys, TrustManager[] trust) {
    return context(serverName, keys, trust, () -> true);
  }

  /**
   * A context whose engines can be switched off together, for clients that do not let go of idle
   * connections otherwise.
   *
   * @param serverName the DNS name to send and to verify; an IP address is verified and not sent
   * @param keys what to present, or empty for an anonymous client
   * @param trust whom to believe, as above
   * @param open asked before each piece of data in or out; when it says no, the connection fails.
   *     Sockets do not ask
   * @return a context for clients only
   */
  public static SSLContext context(
      String serverName, KeyManager[] keys, TrustManager[] trust, BooleanSupplier open) {
    try {
      SSLContext plain = SSLContext.getInstance("TLS");
      plain.init(keys.clone(), trust.clone(), null);
      return PinnedContext.of(plain, new PinnedName(serverName), open);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot make a TLS context", e);
    }
  }

  /**
   * A context that presents one certificate, alone, and trusts the given authorities only.
   *
   * @param serverName the DNS name to send and to verify; an IP address is verified and not sent
   * @param key the private key
   * @param leaf its certificate
   * @param authorities the trust anchors, at least one
   * @return a context for clients only
   */
  public static SSLContext context(
      String serverName,
      PrivateKey key,
      X509Certificate leaf,
      Collection<X509Certificate> authorities) {
    return context(
        serverName,
        new KeyManager[] {keyManager(key, leaf)},
        new TrustManager[] {trustManager(authorities)});
  }

  /**
   * A key manager that offers its one key to every server, whatever issuers the server names.
   *
   * @param key the private key
   * @param leaf its certificate, sent without a chain
   * @return the manager, for clients only
   */
  public static X509ExtendedKeyManager keyManager(PrivateKey key, X509Certificate leaf) {
    return new SingleKeyManager(key, leaf);
  }

  /**
   * A trust manager that believes what the given authorities have signed, and nothing else.
   *
   * @param authorities the trust anchors, at least one
   * @return the JDK's PKIX manager over them, without revocation checks
   */
  public static X509ExtendedTrustManager trustManager(Collection<X509Certificate> authorities) {
    Set<TrustAnchor> anchors =
        authorities.stream()
            .map(authority -> new TrustAnchor(authority, null))
            .collect(Collectors.toUnmodifiableSet());
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException("no certificate authority to trust");
    }
    try {
      PKIXBuilderParameters pkix = new PKIXBuilderParameters(anchors, new X509CertSelector());
      pkix.setRevocationEnabled(false);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(new CertPathTrustManagerParameters(pkix));
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot make a PKIX trust manager", e);
    }
  }
}
