package io.machineid.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.machineid.Credential;
import io.machineid.internal.pki.Pem;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/**
 * The credentials of clusters that have one each, in one file: an object whose keys are the
 * clusters' names, and whose values have {@code certificate} and {@code key} as PEM.
 */
final class ClusterCredentials {

  private static final JsonFactory JSON = new JsonFactory();

  private ClusterCredentials() {}

  /**
   * One of them.
   *
   * @param certificate as PEM
   * @param key as PEM
   */
  record Entry(String certificate, String key) {

    @Override
    public String toString() {
      return "Entry";
    }
  }

  static String toJson(Map<String, Credential> credentials) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<String, Credential> each : credentials.entrySet()) {
        json.writeObjectFieldStart(each.getKey());
        json.writeStringField("certificate", Pem.certificate(each.getValue().certificate()));
        json.writeStringField("key", Pem.privateKey(each.getValue().exposePrivateKey()));
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  /**
   * Finds the one of a cluster.
   *
   * @throws IOException where the text is no such file; the message holds nothing of it
   */
  static Optional<Entry> find(String text, String cluster) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      require(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = json.currentName().equals(cluster);
        require(json.nextToken() == JsonToken.START_OBJECT);
        if (wanted) {
          return Optional.of(entry(json));
        }
        json.skipChildren();
      }
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IOException("it is not JSON"); // the cause may quote it
    }
  }

  private static Entry entry(JsonParser json) throws IOException {
    String certificate = "";
    String key = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "certificate" -> certificate = json.getValueAsString("");
        case "key" -> key = json.getValueAsString("");
        default -> json.skipChildren();
      }
    }
    return new Entry(certificate, key);
  }

  private static void require(boolean right) throws IOException {
    if (!right) {
      throw new IOException("it is not an object of objects");
    }
  }
}
