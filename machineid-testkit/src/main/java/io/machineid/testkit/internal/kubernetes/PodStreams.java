package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Answers exec, attach and port-forward. No pod runs anywhere, so all of them end with the error
 * that a client gets for a pod that has no node, in the form in which Teleport delivers it.
 */
final class PodStreams {

  private static final String WEBSOCKET_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final List<String> PROTOCOLS =
      List.of("v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io");
  private static final byte ERROR_CHANNEL = 3;

  private final ObjectStore store;

  PodStreams(ObjectStore store) {
    this.store = store;
  }

  void answer(ApiRequest request, Target target) {
    if (!List.of("GET", "POST").contains(request.method())) {
      throw ApiError.methodNotAllowed();
    }
    if (target.subresource().equals("portforward")) {
      throw new ApiError(504, "Timeout", "error upgrading connection");
    }
    if (!request.exchange().upgradeRequested()) {
      throw new ApiError(
          500, "InternalError", "unable to upgrade: X-Stream-Protocol-Version is required");
    }
    ObjectNode failure = failure(target);
    if (request.header("Upgrade").equalsIgnoreCase("websocket")) {
      webSocket(request, failure);
    } else {
      SpdyErrors.answer(request, failure);
    }
  }

  private ObjectNode failure(Target target) {
    boolean found = store.get(target.type(), target.key()).isPresent();
    String why =
        found
            ? "pod " + target.name() + " does not have a host assigned"
            : "pods \"" + target.name() + "\" not found";
    String message = "error executing command in container: " + why;
    ObjectNode details = Json.object();
    details.putArray("causes").addObject().put("message", message);
    return new ApiError(500, "InternalError", "Internal error occurred: " + message, details)
        .status();
  }

  private static void webSocket(ApiRequest request, ObjectNode failure) {
    List<String> offered =
        List.of(
            String.join(",", request.exchange().headers().allValues("Sec-WebSocket-Protocol"))
                .split("\\s*,\\s*", -1));
    String protocol = PROTOCOLS.stream().filter(offered::contains).findFirst().orElse("");
    if (protocol.isEmpty()) {
      throw ApiError.badRequest("unable to upgrade: no known subprotocol is offered");
    }
    KubernetesExchange.Channel channel =
        request
            .exchange()
            .upgrade(
                HttpHeaders.of(
                    Map.of(
                        "Upgrade", List.of("websocket"),
                        "Connection", List.of("Upgrade"),
                        "Sec-WebSocket-Accept", List.of(accept(request)),
                        "Sec-WebSocket-Protocol", List.of(protocol)),
                    (name, value) -> true));
    channel.write(frames(failure));
    channel.close();
  }

  /** An empty first frame, the error, the end. */
  private static byte[] frames(ObjectNode failure) {
    byte[] json = (failure + "\n").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(new byte[] {(byte) 0x82, 1, 1});
    int length = json.length + 1;
    frames.write(0x82);
    if (length < 126) {
      frames.write(length);
    } else {
      frames.writeBytes(new byte[] {126, (byte) (length >> 8), (byte) length});
    }
    frames.write(ERROR_CHANNEL);
    frames.writeBytes(json);
    frames.writeBytes(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8});
    return frames.toByteArray();
  }

  private static String accept(ApiRequest request) {
    try {
      String key = request.header("Sec-WebSocket-Key") + WEBSOCKET_MAGIC;
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest(key.getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
