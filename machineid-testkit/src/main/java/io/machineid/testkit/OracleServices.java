package io.machineid.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.machineid.testkit.TestPlatform.Answer;
import io.machineid.testkit.internal.join.OracleCloud;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/** What an instance of the made-up Oracle Cloud can ask. */
final class OracleServices {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private OracleServices() {}

  /** By their paths. */
  static Map<String, Function<HttpExchange, Answer>> of(TestOracle.Instance instance) {
    OracleCloud cloud = instance.cloud();
    OracleCloud.Instance inner = instance.inner();
    return Map.of(
        "/opc/v2/instance/", metadata(() -> description(inner)),
        "/opc/v2/identity/cert.pem", metadata(() -> pem(inner.certificate())),
        "/opc/v2/identity/intermediate.pem", metadata(() -> pem(cloud.intermediate())),
        "/opc/v2/identity/key.pem", metadata(() -> key(inner.key().getPrivate())),
        "/v1/x509", exchange -> federate(cloud, exchange));
  }

  private static Function<HttpExchange, Answer> metadata(Supplier<String> text) {
    return exchange ->
        "Bearer Oracle".equals(exchange.getRequestHeaders().getFirst("Authorization"))
            ? new Answer(200, text.get())
            : new Answer(403, "Forbidden");
  }

  private static String description(OracleCloud.Instance instance) {
    ObjectNode description =
        JSON.createObjectNode()
            .put("id", instance.id())
            .put("compartmentId", instance.compartment())
            .put("tenantId", instance.tenancy())
            .put("region", instance.region())
            .put("canonicalRegionName", instance.region());
    description
        .putObject("regionInfo")
        .put("realmKey", "oc1")
        .put("realmDomainComponent", "oraclecloud.com")
        .put("regionIdentifier", instance.region());
    return description.toString();
  }

  private static Answer federate(OracleCloud cloud, HttpExchange exchange) {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    try {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String token = cloud.federate(headers, body);
      return new Answer(200, JSON.createObjectNode().put("token", token).toString());
    } catch (OracleCloud.NotAuthenticated e) {
      return new Answer(401, e.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate has no encoding", e);
    }
  }

  /** PKCS#1, as instances have it. */
  private static String key(PrivateKey key) {
    try {
      return pem(
          "RSA PRIVATE KEY",
          PrivateKeyInfo.getInstance(key.getEncoded())
              .parsePrivateKey()
              .toASN1Primitive()
              .getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, LINES.encodeToString(der));
  }
}
