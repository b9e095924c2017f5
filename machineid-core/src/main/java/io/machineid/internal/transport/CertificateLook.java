package io.machineid.internal.transport;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * Whether an auth service takes our certificate. With TLS 1.3 it says no when we believe the
 * connection to be made, and closes it: who is writing then learns only that it broke.
 */
public final class CertificateLook {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private CertificateLook() {}

  /**
   * Connects, and listens to what the server says first; blocks. Who is welcome is greeted.
   *
   * @param route the way to the auth service
   * @param tls pinned to the route's name; holds the certificate
   * @return whether it was refused; no where that cannot be known
   */
  public static boolean isRefused(AuthRoute route, SSLContext tls) {
    AuthDialer dialer = new AuthDialer(route, tls);
    try (Socket socket = dialer.dial()) {
      return isTurnedAway(socket);
    } catch (IOException e) {
      // It may hang up before we have said all of our part of the handshake.
      return TransportErrors.isOfClientCertificate(e) || TransportErrors.isCut(e);
    }
  }

  private static boolean isTurnedAway(Socket socket) throws IOException {
    socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
