package io.machineid.internal.transport;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Has others judge servers, names and all, however it was asked. */
abstract class DelegatedTrust extends TrustOfClients {

  /** A question that was asked. */
  interface Question {
    /** Puts it to somebody, who throws where a server is not to be trusted. */
    void to(X509ExtendedTrustManager judge) throws CertificateException;
  }

  /** Puts a question to those who are to judge. */
  abstract void decide(Question question) throws CertificateException;

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    decide(judge -> judge.checkServerTrusted(chain, authType));
  }

  @Override
  public final void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    decide(judge -> judge.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public final void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    decide(judge -> judge.checkServerTrusted(chain, authType, engine));
  }
}
