package io.machineid.internal.transport;

import java.security.cert.X509Certificate;

/**
 * Verifies nothing. It is behind few doors: fetching authorities that a pin verifies, a user's
 * explicit wish to join an auth server insecurely, and questions whose answer is a certificate or a
 * protocol and over which nothing is said. No secret goes through any of them.
 */
public final class Anything extends ServerTrust {

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) {}
}
