package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.testkit.internal.pki.RsaKeys;
import io.machineid.testkit.internal.pki.Sha256;
import io.machineid.testkit.internal.state.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.jspecify.annotations.Nullable;

/**
 * A made-up Oracle Cloud: it certifies its instances, gives them security tokens, and knows who
 * signed a request. Thread-safe.
 */
public final class OracleCloud {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SKEW = Duration.ofMinutes(5);
  private static final Duration LIFE = Duration.ofHours(2);
  private static final String FEDERATED = "/fed-x509-sha256/";
  private static final String TOKEN = "ST$";

  private final InstantSource clock;
  private final Issuer tokens;
  private final PlatformAuthorities authorities;
  private final Map<String, Instance> byFingerprint = new ConcurrentHashMap<>();
  private final Map<String, Instance> byId = new ConcurrentHashMap<>();

  OracleCloud(InstantSource clock) {
    this.clock = clock;
    this.tokens = new Issuer("https://auth.oracle.example", clock);
    this.authorities =
        new PlatformAuthorities(
            clock, "PKISVC Identity Root", "PKISVC Identity Intermediate", Optional.empty());
  }

  /**
   * A compute instance.
   *
   * @param id its OCID
   * @param tenancy the OCID of its tenancy
   * @param compartment the OCID of its compartment
   * @param region such as {@code eu-frankfurt-1}
   * @param certificate what its metadata service has
   * @param key the key of that
   */
  public record Instance(
      String id,
      String tenancy,
      String compartment,
      String region,
      X509Certificate certificate,
      KeyPair key) {

    @Override
    public String toString() {
      return "Instance[" + id + "]";
    }
  }

  /** Oracle does not know who asks. */
  public static final class NotAuthenticated extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotAuthenticated(String message) {
      super(message);
    }

    /** The body of its answer, whose status is 401. */
    public String body() {
      return JSON.createObjectNode()
          .put("code", "NotAuthenticated")
          .put("message", getMessage())
          .toString();
    }
  }

  /** Starts an instance. */
  public Instance launch(String tenancy, String compartment, String region) {
    String id =
        "ocid1.instance.oc1.%s.%s".formatted(region, UUID.randomUUID().toString().replace("-", ""));
    KeyPair key = RsaKeys.next();
    X509Certificate certificate =
        authorities.issue(
            new X500NameBuilder()
                .addRDN(BCStyle.CN, "instance")
                .addRDN(BCStyle.OU, "opc-certtype:instance")
                .addRDN(BCStyle.OU, "opc-compartment:" + compartment)
                .addRDN(BCStyle.OU, "opc-instance:" + id)
                .addRDN(BCStyle.OU, "opc-tenant:" + tenancy)
                .build(),
            key.getPublic(),
            LIFE);
    Instance instance = new Instance(id, tenancy, compartment, region, certificate, key);
    byFingerprint.put(fingerprint(certificate), instance);
    byId.put(id, instance);
    return instance;
  }

  /** Who issued the certificates of instances. */
  public X509Certificate intermediate() {
    return authorities.intermediate();
  }

  PlatformAuthorities authorities() {
    return authorities;
  }

  /**
   * Gives an instance a security token.
   *
   * @param headers of a request to {@code POST /v1/x509}, by lower-case names
   * @throws NotAuthenticated where it was not signed by an instance
   */
  public String federate(Map<String, String> headers, String body) {
    OracleAuthorization authorization = authorization(headers);
    checkBody(authorization, headers, body);
    String keyId = authorization.keyId();
    int place = keyId.indexOf(FEDERATED);
    @Nullable Instance instance =
        place < 0 ? null : byFingerprint.get(keyId.substring(place + FEDERATED.length()));
    if (instance == null
        || !instance.tenancy().equals(keyId.substring(0, place))
        || !authorization.isOf(instance.key().getPublic(), "post /v1/x509", headers)) {
      throw unknown();
    }
    JsonNode asked = json(body);
    byte[] shown = Base64.getDecoder().decode(asked.path("certificate").asText());
    byte[] own = encoded(instance.certificate());
    if (!MessageDigest.isEqual(shown, own)
        || !asked.path("fingerprintAlgorithm").asText().equals("SHA256")
        || asked.path("intermediateCertificates").size() != 1) {
      throw unknown();
    }
    return tokens.sign(
        Map.of("sub", instance.id(), "session_key", asked.path("publicKey").asText()));
  }

  /**
   * The instance that signed a request.
   *
   * @param target method in small letters, a space, and the path
   * @param headers by lower-case names
   * @throws NotAuthenticated where there is none
   */
  Instance authenticate(String target, Map<String, String> headers) {
    OracleAuthorization authorization = authorization(headers);
    if (!authorization.signed().containsAll(List.of(OracleAuthorization.TARGET, "host"))
        || !authorization.keyId().startsWith(TOKEN)) {
      throw unknown();
    }
    IdToken token = token(authorization.keyId().substring(TOKEN.length()));
    @Nullable Instance instance = byId.get(token.text("sub"));
    if (instance == null || !authorization.isOf(sessionKey(token), target, headers)) {
      throw unknown();
    }
    return instance;
  }

  /** The same, where there is a body. */
  Instance authenticate(String target, Map<String, String> headers, String body) {
    checkBody(authorization(headers), headers, body);
    return authenticate(target, headers);
  }

  private IdToken token(String text) {
    try {
      IdToken token = IdToken.parse(text, "");
      if (token.isSignedBy(tokens.jwks()) == IdToken.Check.GOOD
          && token.time("exp").filter(clock.instant()::isBefore).isPresent()) {
        return token;
      }
    } catch (Refusal e) {
      // no token at all
    }
    throw unknown();
  }

  private static PublicKey sessionKey(IdToken token) {
    try {
      return KeyFactory.getInstance("RSA")
          .generatePublic(
              new X509EncodedKeySpec(Base64.getDecoder().decode(token.text("session_key"))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw unknown();
    }
  }

  private OracleAuthorization authorization(Map<String, String> headers) {
    OracleAuthorization authorization =
        OracleAuthorization.parse(headers.getOrDefault("authorization", ""))
            .orElseThrow(OracleCloud::unknown);
    String name = authorization.signed().contains("x-date") ? "x-date" : "date";
    if (!authorization.signed().contains(name)) {
      throw unknown();
    }
    checkDate(headers.getOrDefault(name, ""));
    return authorization;
  }

  private void checkDate(String date) {
    Instant now = clock.instant();
    try {
      Instant time = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      if (Duration.between(time, now).abs().compareTo(SKEW) <= 0) {
        return;
      }
    } catch (DateTimeException e) {
      throw unknown();
    }
    throw new NotAuthenticated(
        "Date '%s' is not within allowed clock skew. Current '%s', valid datetime range: ['%s', '%s']"
            .formatted(date, now, now.minus(SKEW), now.plus(SKEW)));
  }

  private static void checkBody(
      OracleAuthorization authorization, Map<String, String> headers, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    boolean good =
        authorization
                .signed()
                .containsAll(List.of("content-length", "content-type", "x-content-sha256"))
            && Integer.toString(bytes.length).equals(headers.get("content-length"))
            && Base64.getEncoder()
                .encodeToString(Sha256.digest(bytes))
                .equals(headers.get("x-content-sha256"));
    if (!good) {
      throw unknown();
    }
  }

  private static NotAuthenticated unknown() {
    return new NotAuthenticated(
        "The required information to complete authentication was not provided or was incorrect.");
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw unknown();
    }
  }

  private static String fingerprint(X509Certificate certificate) {
    return HexFormat.ofDelimiter(":")
        .withUpperCase()
        .formatHex(Sha256.digest(encoded(certificate)));
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate has no encoding", e);
    }
  }
}
