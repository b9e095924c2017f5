package io.machineid.internal.transport;

import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * What a server shows at a TLS handshake that verifies nothing. Nothing is said over it.
 *
 * @param chain the certificates, the server's own first
 * @param protocol what it chose of the protocols offered, or empty
 */
public record ServerLook(List<X509Certificate> chain, String protocol) {

  private static final int DNS_NAME = 2;

  /** Copies. */
  public ServerLook {
    chain = List.copyOf(chain);
  }

  /**
   * Looks; blocks. Closes the connection.
   *
   * @param raw a connection to the server
   * @param serverName what to send as SNI
   * @param alpn what to offer; may be empty
   * @param longest how long the handshake may take
   */
  public static ServerLook at(Socket raw, String serverName, List<String> alpn, Duration longest)
      throws IOException {
    try (raw) {
      TrustManager[] anything = {new Anything()};
      SSLSocket socket =
          (SSLSocket)
              PinnedTls.context(serverName, new KeyManager[0], anything)
                  .getSocketFactory()
                  .createSocket(raw, serverName, raw.getPort(), true);
      if (!alpn.isEmpty()) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(alpn.toArray(String[]::new));
        socket.setSSLParameters(parameters);
      }
      socket.setSoTimeout(Math.toIntExact(longest.toMillis()));
      socket.startHandshake();
      return new ServerLook(
          certificates(socket.getSession().getPeerCertificates()), socket.getApplicationProtocol());
    }
  }

  /**
   * Looks who is met on the way to an auth service; blocks.
   *
   * @param route the way
   * @param dialer makes the connection
   * @param longest how long the handshake may take
   */
  public static ServerLook on(AuthRoute route, Dialer dialer, Duration longest) throws IOException {
    boolean upgraded = route.upgrade().flatMap(ConnectionUpgrade::known).orElse(false);
    Socket raw = upgraded ? route.upgrade().get().open() : dialer.connect(route.address());
    return at(raw, route.serverName(), route.alpn(), longest);
  }

  private static List<X509Certificate> certificates(Certificate... chain) {
    return Stream.of(chain).map(X509Certificate.class::cast).toList();
  }

  /** The DNS names of the server's certificate. */
  public List<String> names() {
    try {
      Collection<List<?>> names = chain.get(0).getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> Integer.valueOf(DNS_NAME).equals(name.get(0)))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /** Whether it is a server of a Teleport cluster, by its own word. */
  public boolean isOfCluster() {
    return names().contains(AuthRoute.ANY_CLUSTER);
  }
}
