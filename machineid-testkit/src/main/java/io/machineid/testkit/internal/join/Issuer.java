package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;

/** Somebody who issues ID tokens. Thread-safe. */
public final class Issuer {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final String url;
  private final InstantSource clock;
  private volatile SigningKey key = SigningKey.generate();

  /** With a key of its own, and the time of the cluster. */
  public Issuer(String url, InstantSource clock) {
    this.url = url;
    this.clock = clock;
  }

  /** What tokens call it. */
  public String url() {
    return url;
  }

  /** Its public keys, as JSON. */
  public String jwks() {
    ObjectNode set = JSON.createObjectNode();
    set.putArray("keys").add(key.jwk());
    return set.toString();
  }

  /** Signs with another key from now on, and knows the old one no more. */
  public void replaceKey() {
    key = SigningKey.generate();
  }

  /**
   * Issues a token that lives for ten minutes from now.
   *
   * @param claims what it says; goes over what would be said anyway, and a null takes that away
   */
  public String sign(Map<String, ?> claims) {
    Instant now = clock.instant();
    ObjectNode all =
        JSON.createObjectNode()
            .put("iss", url)
            .put("iat", now.getEpochSecond())
            .put("nbf", now.getEpochSecond())
            .put("exp", now.plus(LIFE).getEpochSecond())
            .put("jti", UUID.randomUUID().toString());
    claims.forEach((name, value) -> put(all, name, value));
    return key.sign(all.toString());
  }

  private static void put(ObjectNode all, String name, Object value) {
    if (value == null) {
      all.remove(name);
    } else if (value instanceof Instant time) {
      all.put(name, time.getEpochSecond());
    } else {
      all.set(name, JSON.valueToTree(value));
    }
  }
}
