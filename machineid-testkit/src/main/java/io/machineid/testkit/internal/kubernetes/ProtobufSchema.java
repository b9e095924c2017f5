package io.machineid.testkit.internal.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of Kubernetes API objects in their binary form, as a table. */
final class ProtobufSchema {

  /**
   * A field.
   *
   * @param name its name, the same as in JSON
   * @param type {@code string}, {@code bytes}, {@code bool}, {@code int}, {@code double} or a
   *     message
   * @param shape how many values there are
   */
  record Field(String name, String type, Shape shape) {}

  /** How many values a field has. */
  enum Shape {
    ONE,
    LIST,
    MAP
  }

  private final Map<String, Map<Integer, Field>> messages;

  private ProtobufSchema(Map<String, Map<Integer, Field>> messages) {
    this.messages = messages;
  }

  /** The table that is part of this library. */
  static ProtobufSchema load() {
    try (InputStream in = ProtobufSchema.class.getResourceAsStream("protobuf-fields.txt")) {
      if (in == null) {
        throw new IllegalStateException("protobuf-fields.txt is missing");
      }
      Map<String, Map<Integer, Field>> messages = new HashMap<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> parse(line, messages));
      return new ProtobufSchema(messages);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void parse(String line, Map<String, Map<Integer, Field>> messages) {
    String[] columns = line.split(" ", -1);
    Map<Integer, Field> fields = new HashMap<>();
    for (int i = 1; i < columns.length; i++) {
      String[] parts = columns[i].split(":", -1);
      String type = parts[2];
      Shape shape =
          type.startsWith("*") ? Shape.LIST : type.startsWith("%") ? Shape.MAP : Shape.ONE;
      String bare = shape == Shape.ONE ? type : type.substring(1);
      fields.put(Integer.valueOf(parts[0]), new Field(parts[1], bare, shape));
    }
    messages.put(columns[0], fields);
  }

  /** The fields of a message by number; null where it is not known. */
  @Nullable Map<Integer, Field> message(String name) {
    return messages.get(name);
  }

  /** The name of the message for a kind of object. */
  static String messageOf(String apiVersion, String kind) {
    if (kind.equals("DeleteOptions")) {
      return "meta.v1.DeleteOptions";
    }
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "core" : apiVersion.substring(0, slash);
    int dot = group.indexOf('.');
    String shortGroup = dot < 0 ? group : group.substring(0, dot);
    return shortGroup + "." + apiVersion.substring(slash + 1) + "." + kind;
  }
}
