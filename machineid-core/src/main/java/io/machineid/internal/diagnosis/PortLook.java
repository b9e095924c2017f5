package io.machineid.internal.diagnosis;

import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.ServerLook;
import io.machineid.internal.transport.TransportErrors;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/** What a port is that does not answer as it should: a look from outside, in words. */
final class PortLook {

  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final int BANNER_MILLIS = 500;
  private static final int SOME_BYTES = 512;

  private final HostPort address;
  private final Dialer dialer;
  private final String roots;
  private final Instant now;

  /**
   * Makes it.
   *
   * @param roots who is trusted, in words
   * @param now the time
   */
  PortLook(HostPort address, Dialer dialer, String roots, Instant now) {
    this.address = address;
    this.dialer = dialer;
    this.roots = roots;
    this.now = now;
  }

  /**
   * Why a handshake failed, where it can be seen.
   *
   * @param failure what happened
   * @param asProxy whether the address was taken for a proxy's
   */
  Optional<String> explain(Throwable failure, boolean asProxy) {
    try {
      return TransportErrors.isUntrusted(failure)
          ? certificate(
              ServerLook.at(dialer.connectForRequests(address), address.host(), List.of(), LONGEST),
              asProxy)
          : withoutTls();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<String> certificate(ServerLook look, boolean asProxy) {
    X509Certificate shown = look.chain().get(0);
    if (look.isOfCluster()) {
      return asProxy ? Optional.of(ofCluster(shown)) : Optional.empty();
    }
    try {
      shown.checkValidity(Date.from(now));
    } catch (CertificateException e) {
      return Optional.of(
          "the certificate at %s is valid from %s to %s, and not now. Have it renewed, or set this machine's clock"
              .formatted(
                  address, shown.getNotBefore().toInstant(), shown.getNotAfter().toInstant()));
    }
    X509Certificate last = look.chain().get(look.chain().size() - 1);
    return Optional.of(
        "the certificate at %s (for %s) was issued by \"%s\", which is not among %s, or is for another name. If that is your organisation's CA, give its certificate: webRoots, or SSL_CERT_FILE; if the name is wrong, correct the address"
            .formatted(
                address,
                Printable.names(look.names()),
                Printable.name(last.getIssuerX500Principal().getName()),
                roots));
  }

  private String ofCluster(X509Certificate shown) {
    return shown.getSubjectX500Principal().getName().contains("O=Admin")
        ? "%s is the port of an auth server, and not the web port of a proxy. Give it as the auth server (auth_server, with a CA pin), or give the proxy's web port (mostly 443 or 3080)"
            .formatted(address)
        : "%s is another port of a Teleport proxy (such as that for Kubernetes), and not its web port, which mostly is 443 or 3080"
            .formatted(address);
  }

  /** Who speaks first is asked nothing; others are asked in plain HTTP. */
  private Optional<String> withoutTls() throws IOException {
    try (Socket socket = dialer.connectForRequests(address)) {
      String banner = some(socket, BANNER_MILLIS);
      if (banner.startsWith("SSH-")) {
        return Optional.of(
            "%s is a port for SSH%s. Give the web port of the proxy, which mostly is 443 or 3080"
                .formatted(address, banner.contains("Teleport") ? " of Teleport" : ""));
      }
      socket
          .getOutputStream()
          .write(
              ("GET /webapi/find HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = banner + some(socket, Math.toIntExact(LONGEST.toMillis()));
      boolean tlsAfterAll = answer.contains(" 400 ") && answer.contains("HTTPS");
      return answer.startsWith("HTTP/") && !tlsAfterAll
          ? Optional.of(
              "%s speaks plain HTTP, without TLS. Give the address at which TLS is spoken: that of the proxy itself, or of the load balancer that ends TLS for it"
                  .formatted(address))
          : Optional.empty();
    }
  }

  /** What a server says that speaks first, or nothing. */
  String banner() {
    try (Socket socket = dialer.connect(address)) {
      return some(socket, Math.toIntExact(LONGEST.toMillis()));
    } catch (IOException e) {
      return "";
    }
  }

  private static String some(Socket socket, int millis) throws IOException {
    socket.setSoTimeout(millis);
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[SOME_BYTES];
    try {
      int count = in.read(bytes);
      return count < 0 ? "" : new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
    } catch (SocketTimeoutException e) {
      return "";
    }
  }
}
