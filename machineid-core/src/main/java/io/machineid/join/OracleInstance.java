package io.machineid.join;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The evidence of a compute instance of Oracle Cloud. */
final class OracleInstance implements OracleEvidenceSource {

  private static final String ROOTS = "/v1/instancePrincipalRootCACertificates";
  private static final String AUTHENTICATE = "/v1/authentication/authenticateClient";
  private static final String CHALLENGE = "x-teleport-challenge";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Surroundings surroundings;
  private final OracleMetadata metadata;

  OracleInstance(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.metadata = new OracleMetadata(surroundings);
  }

  @Override
  public OracleProof proof(String challenge, Instant now) {
    OracleMetadata.Place place = metadata.place();
    OracleMetadata.Identity identity = metadata.identity();
    OracleSignature principal = new OracleFederation(surroundings, place).principal(identity, now);
    return OracleProof.of(
        identity.certificate(),
        identity.intermediate(),
        OracleSignature.pss(identity.key(), challenge),
        rootAuthorities(principal, place.authHost(), now));
  }

  static byte[] rootAuthorities(OracleSignature principal, String host, Instant now) {
    String date = OracleSignature.date(now);
    Map<String, String> signed = new LinkedHashMap<>();
    signed.put("date", date);
    signed.put(OracleSignature.TARGET, "get " + ROOTS);
    signed.put("host", host);
    return "GET %s HTTP/1.1\r\nHost: %s\r\nDate: %s\r\nAuthorization: %s\r\n\r\n"
        .formatted(ROOTS, host, date, principal.authorization(signed))
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public OracleSignedRequests signedRequests(String challenge, Instant now) {
    OracleMetadata.Place place = metadata.place();
    OracleSignature principal =
        new OracleFederation(surroundings, place).principal(metadata.identity(), now);
    return requests(principal, place.authHost(), challenge, now);
  }

  /** The cluster makes the body anew from the headers, so that it has the one order there is. */
  static OracleSignedRequests requests(
      OracleSignature principal, String host, String challenge, Instant now) {
    Map<String, String> inner = new LinkedHashMap<>();
    inner.put("x-date", OracleSignature.date(now));
    inner.put(OracleSignature.TARGET, "get " + AUTHENTICATE);
    inner.put("host", host);
    inner.put(CHALLENGE, challenge);
    inner.put("authorization", principal.authorization(inner));
    String body = body(inner);

    Map<String, String> outer = new LinkedHashMap<>();
    outer.put("x-date", OracleSignature.date(now));
    outer.put(OracleSignature.TARGET, "post " + AUTHENTICATE);
    outer.put("host", host);
    outer.put("content-length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length));
    outer.put("content-type", "application/json");
    outer.put("x-content-sha256", OracleSignature.digest(body));
    outer.put(CHALLENGE, challenge);
    outer.put("authorization", principal.authorization(outer));
    outer.remove(OracleSignature.TARGET);
    return OracleSignedRequests.of(outer, inner);
  }

  private static String body(Map<String, String> inner) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode headers = body.putObject("requestHeaders");
    new TreeMap<>(inner).forEach((name, value) -> headers.putArray(name).add(value));
    return body.toString();
  }
}
