package io.machineid.config;

import java.util.List;
import java.util.Map;

/** A piece of YAML that knows where it stands. Aliases share the node that they name. */
sealed interface YamlNode {

  Mark mark();

  /** What it is, in words for a message; never its value, which may be a secret. */
  String kind();

  /** A single value. Its type is what YAML makes of it when it is not quoted. */
  record Scalar(Mark mark, Type type, String text) implements YamlNode {

    enum Type {
      STRING("text"),
      NUMBER("a number"),
      BOOLEAN("true or false"),
      NULL("nothing");

      private final String words;

      Type(String words) {
        this.words = words;
      }
    }

    boolean isNull() {
      return type == Type.NULL;
    }

    @Override
    public String kind() {
      return type.words;
    }

    @Override
    public String toString() {
      return "Scalar[" + mark + "]";
    }
  }

  /** A list. */
  record Sequence(Mark mark, List<YamlNode> items) implements YamlNode {

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A map, in the order of the file. */
  record Mapping(Mark mark, Map<String, Entry> entries) implements YamlNode {

    @Override
    public String kind() {
      return "a map";
    }
  }

  /** A value and where its key stands. */
  record Entry(Mark keyMark, YamlNode value) {}
}
