package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON trees and their text: the one place that holds the mappers. */
final class Json {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build());

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static ArrayNode strings(Iterable<String> values) {
    ArrayNode array = array();
    values.forEach(array::add);
    return array;
  }

  static byte[] bytes(JsonNode node, boolean pretty) {
    try {
      return pretty
          ? JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node)
          : JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    }
  }

  static String yaml(JsonNode node) {
    try {
      return YAML.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    }
  }

  /** The JSON document in these bytes; a missing node where there is none. */
  static JsonNode readJson(byte[] bytes) throws IOException {
    return JSON.readTree(bytes);
  }

  /** The YAML (or JSON) document in these bytes. */
  static JsonNode readYaml(byte[] bytes) throws IOException {
    return YAML.readTree(bytes);
  }

  /** All objects of a YAML stream; the items of lists one by one. */
  static List<ObjectNode> readObjects(String yaml) {
    List<ObjectNode> objects = new ArrayList<>();
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      while (documents.hasNext()) {
        collect(documents.next(), objects);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("neither YAML nor JSON: " + e.getMessage(), e);
    }
    return objects;
  }

  private static void collect(JsonNode document, List<ObjectNode> objects) {
    if (document instanceof ObjectNode object) {
      if (object.path("items").isArray() && text(object, "kind").endsWith("List")) {
        object.path("items").forEach(item -> collect(item, objects));
      } else {
        objects.add(object);
      }
    } else if (!document.isNull() && !document.isMissingNode()) {
      throw new IllegalArgumentException("not an object: " + document.getNodeType());
    }
  }

  /** The node at these field names; missing where there is none. */
  static JsonNode at(JsonNode node, String... fields) {
    JsonNode current = node;
    for (String field : fields) {
      current = current.path(field);
    }
    return current;
  }

  /** The text at these field names; empty where there is none. */
  static String text(JsonNode node, String... fields) {
    return at(node, fields).asText("");
  }

  /** The object in this field, made where there is none. */
  static ObjectNode child(ObjectNode node, String field) {
    return node.get(field) instanceof ObjectNode object ? object : node.putObject(field);
  }

  static ObjectNode metadata(ObjectNode node) {
    return child(node, "metadata");
  }

  static String name(JsonNode node) {
    return text(node, "metadata", "name");
  }

  static String namespace(JsonNode node) {
    return text(node, "metadata", "namespace");
  }

  static String version(JsonNode node) {
    return text(node, "metadata", "resourceVersion");
  }

  static List<String> textList(JsonNode node) {
    List<String> list = new ArrayList<>();
    node.forEach(item -> list.add(item.asText("")));
    return list;
  }

  /** Sets a field that has no value yet. */
  static void setDefault(ObjectNode node, String field, String value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }

  /** Sets a field that has no value yet. */
  static void setDefault(ObjectNode node, String field, long value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }

  /** Sets a field that has no value yet. */
  static void setDefault(ObjectNode node, String field, boolean value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }
}
