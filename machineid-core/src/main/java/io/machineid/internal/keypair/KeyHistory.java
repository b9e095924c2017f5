package io.machineid.internal.keypair;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys that were active, or may have become so without our knowledge: newest first, in the JSON
 * that {@code tbot} keeps. Immutable.
 *
 * @param entries the keys
 */
record KeyHistory(List<Entry> entries) {

  private static final int MOST = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies, and forgets what is too old. */
  KeyHistory {
    entries = List.copyOf(entries.subList(0, Math.min(MOST, entries.size())));
  }

  /**
   * A key.
   *
   * @param time when it came in
   * @param key the key
   */
  record Entry(Instant time, JoiningKey key) {}

  static KeyHistory none() {
    return new KeyHistory(List.of());
  }

  /**
   * Reads it.
   *
   * @throws GeneralSecurityException when it is not what we or {@code tbot} have written
   */
  static KeyHistory parse(byte[] json) throws GeneralSecurityException {
    try {
      List<Entry> entries = new ArrayList<>();
      for (JsonNode entry :
          JSON.readTree(new String(json, StandardCharsets.UTF_8)).path("entries")) {
        entries.add(
            new Entry(
                OffsetDateTime.parse(entry.path("time").asText()).toInstant(),
                JoiningKey.parse(entry.path("private_key").asText())));
      }
      return new KeyHistory(entries);
    } catch (JsonProcessingException | DateTimeException e) {
      throw new GeneralSecurityException("the history of keys cannot be decoded");
    }
  }

  String json() {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode array = root.putArray("entries");
    for (Entry entry : entries) {
      array.addObject().put("time", entry.time().toString()).put("private_key", entry.key().pem());
    }
    return root.toString();
  }

  /** With one more key, where it is not in it yet. */
  KeyHistory with(Instant time, JoiningKey key) {
    if (find(key.authorizedKey()).isPresent()) {
      return this;
    }
    List<Entry> more = new ArrayList<>();
    more.add(new Entry(time, key));
    more.addAll(entries);
    return new KeyHistory(more);
  }

  /** The key with this public half. */
  Optional<JoiningKey> find(String publicKey) {
    return entries.stream().map(Entry::key).filter(key -> key.is(publicKey)).findFirst();
  }

  /** Nothing of the keys. */
  @Override
  public String toString() {
    return "KeyHistory[" + entries.size() + "]";
  }
}
