package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.join.OracleCloud.Instance;
import io.machineid.testkit.internal.join.OracleCloud.NotAuthenticated;
import io.machineid.testkit.internal.state.Refusal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/** The method {@code oracle}: what instances of the made-up cloud show, and the rules. */
public final class OracleChecks {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern HOST =
      Pattern.compile("auth\\.[a-z]{2}(?:-[a-z]+)+-\\d\\.oraclecloud\\.com");
  private static final String CHALLENGE = "x-teleport-challenge";
  private static final String AUTHENTICATE = "/v1/authentication/authenticateClient";
  private static final String ROOTS = "/v1/instancePrincipalRootCACertificates";

  private final OracleCloud oracle;

  OracleChecks(OracleCloud oracle) {
    this.oracle = oracle;
  }

  /** Who is there, as Oracle says it. */
  private record Claims(String tenancy, String compartment, String instance, String region) {}

  /** The two signed requests of Teleport 17. */
  void checkRequests(
      ProvisionToken token,
      String challenge,
      Map<String, String> headers,
      Map<String, String> payloadHeaders) {
    checkHost(headers);
    for (Map<String, String> each : List.of(headers, payloadHeaders)) {
      boolean signed =
          OracleAuthorization.parse(each.getOrDefault("authorization", ""))
              .filter(authorization -> authorization.signed().contains(CHALLENGE))
              .isPresent();
      if (!signed || !challenge.equals(each.get(CHALLENGE))) {
        throw Refusal.denied("challenge is missing or does not match");
      }
    }
    Instance caller =
        asked(() -> oracle.authenticate("post " + AUTHENTICATE, headers, body(payloadHeaders)));
    String target = payloadHeaders.getOrDefault(OracleAuthorization.TARGET, "");
    Instance asked = asked(() -> oracle.authenticate(target, payloadHeaders));
    if (!caller.equals(asked)) {
      throw Refusal.denied("the requests are of two instances");
    }
    match(token, new Claims(asked.tenancy(), asked.compartment(), asked.id(), asked.region()));
  }

  private static String body(Map<String, String> payloadHeaders) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode headers = body.putObject("requestHeaders");
    new TreeMap<>(payloadHeaders).forEach((name, value) -> headers.putArray(name).add(value));
    return body.toString();
  }

  /**
   * What an instance shows to the join service of Teleport 18.
   *
   * @param certificate its certificate, PEM
   * @param intermediate who issued that, PEM
   * @param signature over the challenge
   * @param rootAuthoritiesRequest raw HTTP
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
  public record Proof(
      byte[] certificate, byte[] intermediate, byte[] signature, byte[] rootAuthoritiesRequest) {}

  /** What the join service of Teleport 18 wants. */
  void checkProof(ProvisionToken token, String challenge, Proof proof) {
    RawRequest request = RawRequest.parse(proof.rootAuthoritiesRequest());
    checkHost(request.headers());
    if (!request.method().equals("GET") || !request.path().equals(ROOTS)) {
      throw Refusal.denied("the signed request is not one for Oracle's root authorities");
    }
    var unused = asked(() -> oracle.authenticate("get " + ROOTS, request.headers()));
    X509Certificate shown = certificate(proof.certificate());
    if (!oracle.authorities().hasIssued(shown, List.of(certificate(proof.intermediate())))) {
      throw Refusal.denied("failed to verify the instance's certificate against Oracle's roots");
    }
    if (!isSigned(shown, challenge, proof.signature())) {
      throw Refusal.denied("challenge signature does not match: crypto/rsa: verification error");
    }
    match(token, claims(shown));
  }

  private static void checkHost(Map<String, String> headers) {
    String host = headers.getOrDefault("host", "");
    if (!HOST.matcher(host).matches()) {
      throw Refusal.denied("unexpected host in signed request: \"%s\"".formatted(host));
    }
  }

  private static Instance asked(Supplier<Instance> service) {
    try {
      return service.get();
    } catch (NotAuthenticated e) {
      throw Refusal.denied(
          "oracle auth api returned status: \"401 Unauthorized\" body: " + e.body());
    }
  }

  private static X509Certificate certificate(byte[] text) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(text));
    } catch (GeneralSecurityException e) {
      throw Refusal.bad("malformed certificate");
    }
  }

  private static boolean isSigned(X509Certificate by, String challenge, byte[] signature) {
    try {
      Signature check = Signature.getInstance("RSASSA-PSS");
      check.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      check.initVerify(by.getPublicKey());
      check.update(challenge.getBytes(StandardCharsets.UTF_8));
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Claims claims(X509Certificate certificate) {
    Map<String, String> units = new HashMap<>();
    X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    for (RDN unit : subject.getRDNs(BCStyle.OU)) {
      String[] parts = IETFUtils.valueToString(unit.getFirst().getValue()).split(":", 2);
      units.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    String instance = units.getOrDefault("opc-instance", "");
    String[] parts = instance.split("\\.", -1);
    return new Claims(
        units.getOrDefault("opc-tenant", ""),
        units.getOrDefault("opc-compartment", ""),
        instance,
        parts.length > 3 ? parts[3] : "");
  }

  private static void match(ProvisionToken token, Claims claims) {
    for (JsonNode rule : token.rules()) {
      if (rule.path("tenancy").asText().equals(claims.tenancy())
          && among(rule.path("parent_compartments"), claims.compartment())
          && among(rule.path("regions"), claims.region())
          && among(rule.path("instances"), claims.instance())) {
        return;
      }
    }
    throw Refusal.denied(
        "instance %s did not match any allow rules in token %s"
            .formatted(claims.instance(), token.name()));
  }

  private static boolean among(JsonNode wanted, String value) {
    for (JsonNode each : wanted) {
      if (each.asText().equals(value)) {
        return true;
      }
    }
    return wanted.isEmpty();
  }
}
