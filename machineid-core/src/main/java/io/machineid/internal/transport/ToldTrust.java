package io.machineid.internal.transport;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509ExtendedTrustManager;

/** Judges as another does, and tells of each server that was not trusted. */
public final class ToldTrust extends DelegatedTrust {

  private final X509ExtendedTrustManager judge;
  private final Runnable refused;

  /**
   * Makes it.
   *
   * @param judge who decides
   * @param refused told, on the thread of the handshake
   */
  public ToldTrust(X509ExtendedTrustManager judge, Runnable refused) {
    this.judge = judge;
    this.refused = refused;
  }

  @Override
  void decide(Question question) throws CertificateException {
    try {
      question.to(judge);
    } catch (CertificateException e) {
      refused.run();
      throw e;
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }
}
