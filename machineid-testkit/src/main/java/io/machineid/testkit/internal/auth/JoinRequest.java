package io.machineid.testkit.internal.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.types.RegisterUsingTokenRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a bot sends to join.
 *
 * @param token the token
 * @param role {@code Bot}
 * @param hostId empty for bots
 * @param nodeName empty for bots
 * @param sshKey the key in authorized_keys form
 * @param tlsKey the key for TLS in its PKIX form; where there is none the other counts
 * @param idToken the evidence of a platform; empty where there is none
 * @param expires until when the certificate is wanted
 */
record JoinRequest(
    String token,
    String role,
    String hostId,
    String nodeName,
    String sshKey,
    Optional<ByteString> tlsKey,
    String idToken,
    Optional<Instant> expires) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*");

  /**
   * Reads the JSON form.
   *
   * @throws Refusal where it is not one
   */
  static JoinRequest parse(byte[] body) {
    JsonNode root = tree(body);
    return new JoinRequest(
        text(root, "token"),
        text(root, "role"),
        text(root, "hostID"),
        text(root, "node_name"),
        new String(bytes(root, "public_ssh_key"), StandardCharsets.UTF_8),
        Optional.empty(),
        text(root, "id_token"),
        time(root, "expires"));
  }

  /** From the form that streams have. */
  static JoinRequest of(RegisterUsingTokenRequest request) {
    return new JoinRequest(
        request.getToken(),
        request.getRole(),
        request.getHostId(),
        request.getNodeName(),
        request.getPublicSshKey().toStringUtf8(),
        Optional.empty(),
        request.getIdToken(),
        request.hasExpires()
            ? Optional.of(
                Instant.ofEpochSecond(
                    request.getExpires().getSeconds(), request.getExpires().getNanos()))
            : Optional.empty());
  }

  /** What certificates are wanted for; refuses what is no key. */
  RequestedKeys keys() {
    RequestedKeys one = RequestedKeys.both(sshKey);
    return tlsKey
        .map(
            der -> new RequestedKeys(one.ssh(), Optional.of(RequestedKeys.pkix(der.toByteArray()))))
        .orElse(one);
  }

  @Override
  public String toString() {
    return "JoinRequest[" + role + "]";
  }

  private static JsonNode tree(byte[] body) {
    try {
      JsonNode root = JSON.readTree(body);
      if (root instanceof MissingNode) {
        throw Refusal.bad("request: unexpected end of JSON input");
      }
      return root;
    } catch (JsonEOFException e) {
      throw Refusal.bad("request: unexpected end of JSON input");
    } catch (JsonProcessingException e) {
      throw Refusal.bad("request: invalid JSON");
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  private static String text(JsonNode root, String name) {
    return root.path(name).asText("");
  }

  private static byte[] bytes(JsonNode root, String name) {
    String text = text(root, name);
    try {
      return text.equals("null") ? new byte[0] : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.bad("request: illegal base64 data at input byte " + firstIllegal(text));
    }
  }

  private static int firstIllegal(String text) {
    Matcher legal = BASE64.matcher(text);
    return legal.lookingAt() ? legal.end() : 0;
  }

  private static Optional<Instant> time(JsonNode root, String name) {
    JsonNode node = root.path(name);
    if (!node.isTextual()) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(node.textValue()).toInstant());
    } catch (DateTimeException e) {
      throw Refusal.bad("request: parsing time in " + name);
    }
  }
}
