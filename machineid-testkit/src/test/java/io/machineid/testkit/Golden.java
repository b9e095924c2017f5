package io.machineid.testkit;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;

/** What was captured from a real cluster. */
public final class Golden {

  private Golden() {}

  public static String text(String name) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  public static JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(text(name));
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** The members of a JSON object. */
  public static Map<String, Object> fields(String json) {
    try {
      return new ObjectMapper().readValue(json, new TypeReference<>() {});
    } catch (IOException e) {
      throw new IllegalStateException(json, e);
    }
  }

  public static X509Certificate certificate(String name) {
    return pem(text("certs/" + name + ".pem"));
  }

  public static X509Certificate pem(String pem) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IllegalStateException("not a certificate", e);
    }
  }
}
