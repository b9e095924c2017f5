package io.machineid.testkit.internal.kubeproxy;

import java.net.URLDecoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A request as a client sent it.
 *
 * @param method upper case
 * @param path percent-encoded
 * @param query without {@code ?}
 * @param headers all of them
 * @param body empty for upgrades
 * @param protocol {@code HTTP/1.1} or {@code HTTP/2}
 * @param origin where it came from
 */
@SuppressWarnings("ArrayRecordComponent") // requests are never compared
record ClientRequest(
    String method,
    String path,
    String query,
    HttpHeaders headers,
    byte[] body,
    String protocol,
    Origin origin) {

  /**
   * Where a request came from and where it wanted to go.
   *
   * @param clientIp the client's address
   * @param host the host as the client named it
   * @param port the port that it reached
   */
  record Origin(String clientIp, String host, int port) {}

  ClientRequest withPath(String newPath) {
    return new ClientRequest(method, newPath, query, headers, body, protocol, origin);
  }

  boolean upgradeRequested() {
    return protocol.equals("HTTP/1.1")
        && headers.firstValue("Upgrade").isPresent()
        && headers.allValues("Connection").stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .anyMatch(token -> token.trim().equalsIgnoreCase("upgrade"));
  }

  boolean webSocketRequested() {
    return upgradeRequested()
        && headers.firstValue("Upgrade").orElse("").equalsIgnoreCase("websocket");
  }

  Optional<String> parameter(String name) {
    return Arrays.stream(query.split("&", -1))
        .map(pair -> pair.split("=", 2))
        .filter(pair -> pair[0].equals(name))
        .map(pair -> pair.length == 2 ? decode(pair[1]) : "")
        .findFirst();
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
