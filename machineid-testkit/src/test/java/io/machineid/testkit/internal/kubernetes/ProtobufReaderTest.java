package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Objects in the binary form that newer kubectl sends. */
class ProtobufReaderTest {

  private final ProtobufReader reader = new ProtobufReader(ProtobufSchema.load());

  /** A part of a message. */
  private interface Part {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Part... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (Part part : parts) {
      part.write(out);
    }
    out.flush();
    return bytes.toByteArray();
  }

  private static Part text(int number, String value) {
    return out -> out.writeString(number, value);
  }

  private static Part nested(int number, byte[] value) {
    return out -> out.writeByteArray(number, value);
  }

  private static byte[] envelope(String apiVersion, String kind, byte[] object) throws IOException {
    byte[] unknown =
        message(nested(1, message(text(1, apiVersion), text(2, kind))), nested(2, object));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes("k8s\0".getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(unknown);
    return all.toByteArray();
  }

  @Test
  void configMap_isReadWithoutZeroValues() throws IOException {
    byte[] metadata =
        message(text(1, "one"), text(2, ""), text(3, "default"), nested(8, message()));
    byte[] entry = message(text(1, "k"), text(2, ""));
    byte[] object = message(nested(1, metadata), nested(2, entry));

    assertThat(reader.read(envelope("v1", "ConfigMap", object)).toString())
        .isEqualTo(
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"one\","
                + "\"namespace\":\"default\"},\"data\":{\"k\":\"\"}}");
  }

  @Test
  void deployment_keepsZeroReplicasAndInlinesVolumes() throws IOException {
    byte[] secret = message(text(1, "s"));
    byte[] volume = message(text(1, "v"), nested(2, message(nested(6, secret))));
    byte[] template = message(nested(2, message(nested(1, volume))));
    byte[] spec = message(out -> out.writeInt32(1, 0), nested(3, template));
    byte[] object = message(nested(2, spec));

    assertThat(reader.read(envelope("apps/v1", "Deployment", object)).at("/spec").toString())
        .isEqualTo(
            "{\"replicas\":0,\"template\":{\"spec\":{\"volumes\":[{\"name\":\"v\","
                + "\"secret\":{\"secretName\":\"s\"}}]}}}");
  }

  @Test
  void garbage_isRefused() throws IOException {
    byte[] unknown = envelope("example.com/v1", "Widget", message());

    assertThatThrownBy(() -> reader.read(new byte[] {1, 2, 3})).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> reader.read("k8s\0\377\377".getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> reader.read(unknown)).isInstanceOf(IOException.class);
  }
}
