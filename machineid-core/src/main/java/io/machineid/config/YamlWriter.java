package io.machineid.config;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Writes maps, lists, texts and booleans as YAML; each text is quoted, so that it stays one. */
final class YamlWriter {

  private final YAMLGenerator yaml;

  private YamlWriter(YAMLGenerator yaml) {
    this.yaml = yaml;
  }

  static String write(Map<String, Object> tree) {
    StringWriter text = new StringWriter();
    YAMLFactory factory =
        YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();
    try (YAMLGenerator yaml = factory.createGenerator(text)) {
      new YamlWriter(yaml).node(tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().stripTrailing() + "\n";
  }

  private void node(Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      yaml.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        yaml.writeFieldName(entry.getKey().toString());
        node(entry.getValue());
      }
      yaml.writeEndObject();
    } else if (value instanceof List<?> list) {
      yaml.writeStartArray();
      for (Object item : list) {
        node(item);
      }
      yaml.writeEndArray();
    } else if (value instanceof Boolean bool) {
      yaml.writeBoolean(bool);
    } else {
      yaml.writeString(value.toString());
    }
  }
}
