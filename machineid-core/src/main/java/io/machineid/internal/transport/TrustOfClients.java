package io.machineid.internal.transport;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** For clients only, which judge servers. */
abstract class TrustOfClients extends X509ExtendedTrustManager {

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("for clients only");
  }

  @Override
  public final void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable Socket socket) {
    throw new UnsupportedOperationException("for clients only");
  }

  @Override
  public final void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
    throw new UnsupportedOperationException("for clients only");
  }
}
