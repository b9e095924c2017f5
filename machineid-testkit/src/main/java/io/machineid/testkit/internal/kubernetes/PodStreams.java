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
 * Answers exec, attach and port-forward. Over WebSocket, a pod whose status says that it runs gives
 * back what it gets, see {@link PodSession}. All else ends with the error that a client gets for a
 * pod that has no node, in the form in which Teleport delivers it.
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
    boolean webSocket = request.header("Upgrade").equalsIgnoreCase("websocket");
    if (webSocket && request.exchange().upgradeRequested() && runs(target)) {
      begin(request, target);
      return;
    }
    if (target.subresource().equals("portforward")) {
      throw new ApiError(504, "Timeout", "error upgrading connection");
    }
    if (!request.exchange().upgradeRequested()) {
      throw new ApiError(
          500, "InternalError", "unable to upgrade: X-Stream-Protocol-Version is required");
    }
    ObjectNode failure = failure(target);
    if (webSocket) {
      webSocket(request, failure);
    } else {
      SpdyErrors.answer(request, failure);
    }
  }

  private boolean runs(Target target) {
    return store
        .get(target.type(), target.key())
        .filter(pod -> Json.text(pod, "status", "phase").equals("Running"))
        .isPresent();
  }

  private static void begin(ApiRequest request, Target target) {
    if (target.subresource().equals("portforward")) {
      PodSession.ofPort(upgraded(request), (int) request.number("ports", 0));
    } else {
      PodSession.ofProcess(upgraded(request));
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
    KubernetesExchange.Channel channel = upgraded(request);
    channel.write(frames(failure));
    channel.close();
  }

  private static KubernetesExchange.Channel upgraded(ApiRequest request) {
    List<String> offered =
        List.of(
            String.join(",", request.exchange().headers().allValues("Sec-WebSocket-Protocol"))
                .split("\\s*,\\s*", -1));
    String protocol = PROTOCOLS.stream().filter(offered::contains).findFirst().orElse("");
    if (protocol.isEmpty()) {
      throw ApiError.badRequest("unable to upgrade: no known subprotocol is offered");
    }
    return request
        .exchange()
        .upgrade(
            HttpHeaders.of(
                Map.of(
                    "Upgrade", List.of("websocket"),
                    "Connection", List.of("Upgrade"),
                    "Sec-WebSocket-Accept", List.of(accept(request)),
                    "Sec-WebSocket-Protocol", List.of(protocol)),
                (name, value) -> true));
  }

  /** An empty first frame, the error, the end. */
  private static byte[] frames(ObjectNode failure) {
    ByteArrayOutputStream status = new ByteArrayOutputStream();
    status.write(ERROR_CHANNEL);
    status.writeBytes((failure + "\n").getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(new byte[] {(byte) 0x82, 1, 1});
    frames.writeBytes(PodSession.frame(0x82, status.toByteArray()));
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
