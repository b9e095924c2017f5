package io.machineid.testkit.internal.pki;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Checks client certificates: issued by the user or the host authority and valid by the cluster's
 * clock. Only the leaf is looked at; whether more may be sent is for the service to say.
 */
public final class ClientTrust extends X509ExtendedTrustManager {

  private final Authorities authorities;
  private final InstantSource clock;

  /** For a cluster. */
  public ClientTrust(Authorities authorities, InstantSource clock) {
    this.authorities = authorities;
    this.clock = clock;
  }

  /** Whether a certificate is good now, for a session that goes on from an earlier one. */
  public boolean accepts(X509Certificate certificate) {
    return isIssued(certificate) && isCurrent(certificate);
  }

  private boolean isIssued(X509Certificate certificate) {
    return issuers().anyMatch(authority -> signed(certificate, authority));
  }

  private boolean isCurrent(X509Certificate certificate) {
    Instant now = clock.instant();
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && !now.isAfter(certificate.getNotAfter().toInstant());
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    X509Certificate leaf = chain[0];
    if (!isIssued(leaf)) {
      throw new CertificateException("not issued by this cluster");
    }
    if (!isCurrent(leaf)) {
      throw new CertificateException(
          "not valid at " + Date.from(clock.instant()),
          new CertPathValidatorException("expired", null, null, -1, BasicReason.EXPIRED));
    }
  }

  private Stream<CertificateAuthority> issuers() {
    return Stream.of(AuthorityType.USER, AuthorityType.HOST)
        .map(authorities::trusted)
        .flatMap(List::stream);
  }

  private static boolean signed(X509Certificate leaf, CertificateAuthority authority) {
    X509Certificate issuer = authority.certificate();
    if (!leaf.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      leaf.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("for servers only");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return issuers().map(CertificateAuthority::certificate).toArray(X509Certificate[]::new);
  }
}
