package io.machineid.join;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes an instance a principal of Oracle Cloud: its certificate is exchanged for a security token
 * that is bound to a new key, which then signs.
 */
final class OracleFederation {

  private static final String BASE_VARIABLE = "OCI_SDK_AUTH_CLIENT_REGION_URL";
  private static final String JSON_TYPE = "application/json";
  private static final String PATH = "/v1/x509";
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{1,16384}");
  private static final Base64.Encoder BASE64 = Base64.getEncoder();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Surroundings surroundings;
  private final OracleMetadata.Place place;

  OracleFederation(Surroundings surroundings, OracleMetadata.Place place) {
    this.surroundings = surroundings;
    this.place = place;
  }

  /** Asks for a token. Blocks. */
  OracleSignature principal(OracleMetadata.Identity identity, Instant now) {
    KeyPair session = newKey();
    String body = body(identity, session).toString();
    String date = OracleSignature.date(now);
    String digest = OracleSignature.digest(body);
    Map<String, String> signed = new LinkedHashMap<>();
    signed.put("date", date);
    signed.put(OracleSignature.TARGET, "post " + PATH);
    signed.put("content-length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length));
    signed.put("content-type", JSON_TYPE);
    signed.put("x-content-sha256", digest);
    String keyId = place.tenancy() + "/fed-x509-sha256/" + fingerprint(identity.leaf());
    String token =
        request()
            .header("Date", date)
            .header("Content-Type", JSON_TYPE)
            .header("X-Content-SHA256", digest)
            .header(
                "Authorization", new OracleSignature(keyId, identity.key()).authorization(signed))
            .post(body)
            .field("token");
    if (!TOKEN.matcher(token).matches()) {
      throw Evidence.passing(
          OracleJoin.NAME, "what Oracle Cloud answered as security token is none", null);
    }
    return new OracleSignature("ST$" + token, session.getPrivate());
  }

  private PlatformRequest request() {
    String base = surroundings.variable(BASE_VARIABLE).orElse("https://" + place.authHost());
    URI target =
        PlatformAddress.parse(surroundings, BASE_VARIABLE, base.replaceAll("/+$", "") + PATH);
    return new PlatformRequest(surroundings, "the authentication service of Oracle Cloud", target)
        .confidential();
  }

  private static ObjectNode body(OracleMetadata.Identity identity, KeyPair session) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("certificate", encoded(identity.leaf()))
            .put("publicKey", BASE64.encodeToString(session.getPublic().getEncoded()))
            .put("fingerprintAlgorithm", "SHA256");
    ArrayNode issuers = body.putArray("intermediateCertificates");
    identity.issuers().forEach(issuer -> issuers.add(encoded(issuer)));
    return body;
  }

  private static String encoded(X509Certificate certificate) {
    try {
      return BASE64.encodeToString(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }

  /** In the form in which certificates' fingerprints are mostly shown. */
  static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(Sha256.digest(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate has no encoding", e);
    }
  }

  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make RSA keys", e);
    }
  }
}
