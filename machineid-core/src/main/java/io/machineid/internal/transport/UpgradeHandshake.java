package io.machineid.internal.transport;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;

/** The question that turns an HTTPS connection into one of bytes. */
final class UpgradeHandshake {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final String WEB_SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String KIND = "alpn-ping";
  private static final int SWITCHING = 101;
  private static final int NOT_FOUND = 404;

  private final HostPort proxy;
  private final UpgradeSettings settings;
  private final String key = key();

  UpgradeHandshake(HostPort proxy, UpgradeSettings settings) {
    this.proxy = proxy;
    this.settings = settings;
  }

  /** The proxy, or what is before it, does not upgrade: the cause says what to do. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(ConnectionException why) {
      super(why.getMessage(), why);
    }
  }

  /**
   * Asks; blocks.
   *
   * @param socket a connection to the proxy, within TLS
   * @return how bytes travel on it from now on
   * @throws Refused when there is no upgrade to be had
   */
  Framing ask(Socket socket) throws IOException {
    socket.getOutputStream().write(request().getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    ResponseHead head =
        ResponseHead.read(socket, LONGEST)
            .orElseThrow(() -> new IOException("no HTTP answer to the connection upgrade"));
    if (head.status() != SWITCHING) {
      throw refused(head.status());
    }
    if (head.header("Upgrade").equalsIgnoreCase("websocket")) {
      if (!head.header("Sec-WebSocket-Accept").equals(accept(key))
          || !head.header("Sec-WebSocket-Protocol").equals(KIND)) {
        throw new IOException("the answer to the connection upgrade is that to another question");
      }
      return new WebSocketFraming(socket.getInputStream(), socket.getOutputStream());
    }
    return switch (head.header("Upgrade")) {
      case KIND -> new ChunkFraming(socket.getInputStream(), socket.getOutputStream());
      case "alpn" -> Framing.none(socket.getInputStream(), socket.getOutputStream());
      default -> throw new IOException("the connection was upgraded to something else");
    };
  }

  private String request() {
    StringBuilder request = new StringBuilder();
    request.append("GET /webapi/connectionupgrade HTTP/1.1\r\n");
    request.append("Host: ").append(proxy).append("\r\nConnection: Upgrade\r\n");
    if (settings.webSocket()) {
      request.append("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
      request.append("Sec-WebSocket-Key: ").append(key).append("\r\n");
      request.append("Sec-WebSocket-Protocol: " + KIND + "\r\n");
    }
    if (settings.legacy()) {
      request.append("Upgrade: " + KIND + "\r\nX-Teleport-Upgrade: " + KIND + "\r\n");
    }
    return request.append("\r\n").toString();
  }

  private Refused refused(int status) {
    String advice =
        status == NOT_FOUND
            ? "the proxy does not know this kind of upgrade. Unset TELEPORT_TLS_ROUTING_CONN_UPGRADE_MODE, or give the address of a proxy of a supported version"
            : "the load balancer before the proxy has to pass WebSocket upgrades on. Allow them for this path, or give the address of a load balancer that passes TLS on unseen (layer 4)";
    return new Refused(
        new ConnectionException(
            status == NOT_FOUND ? Reason.NOT_TELEPORT : Reason.UNREACHABLE,
            status >= 500,
            "GET /webapi/connectionupgrade at %s: status %d instead of 101: %s"
                .formatted(proxy, status, advice),
            null));
  }

  private static String key() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return Base64.getEncoder().encodeToString(random);
  }

  private static String accept(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest((key + WEB_SOCKET_GUID).getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-1", e);
    }
  }
}
