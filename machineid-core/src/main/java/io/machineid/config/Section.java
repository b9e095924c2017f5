package io.machineid.config;

import io.machineid.ConfigException;
import io.machineid.config.YamlNode.Entry;
import io.machineid.config.YamlNode.Mapping;
import io.machineid.config.YamlNode.Scalar;
import io.machineid.config.YamlNode.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A map of the file with a fixed set of keys, read with types. A key without a value counts as
 * absent.
 */
final class Section {

  private static final Set<String> TRUE = Set.of("true", "yes", "on", "y");
  private static final Set<String> FALSE = Set.of("false", "no", "off", "n");

  private final String path;
  private final Mapping mapping;

  private Section(String path, Mapping mapping) {
    this.path = path;
    this.mapping = mapping;
  }

  /** The node as a map; an error says what it is instead. An empty path is the top of the file. */
  static Section of(String path, YamlNode node) {
    if (node instanceof Mapping mapping) {
      return new Section(path, mapping);
    }
    String what = path.isEmpty() ? "the file" : "`" + path + "`";
    throw node.mark().error(what + " must be a map of keys and values, is " + node.kind());
  }

  String path() {
    return path;
  }

  Mark mark() {
    return mapping.mark();
  }

  /** Where the value of {@code key} stands, or this section when it is absent. */
  Mark mark(String key) {
    Entry entry = mapping.entries().get(key);
    return entry == null ? mark() : entry.value().mark();
  }

  /**
   * Refuses keys that are neither allowed nor known; those known but not served get their own
   * sentence.
   */
  Section allow(List<String> allowed, Map<String, String> unserved) {
    return allow(allowed, List.of(), unserved);
  }

  /** As above; {@code silent} keys pass without being offered. */
  Section allow(List<String> allowed, List<String> silent, Map<String, String> unserved) {
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (unserved.containsKey(key)) {
                throw entry.keyMark().error("`" + key + "` " + where() + " " + unserved.get(key));
              }
              if (!allowed.contains(key) && !silent.contains(key)) {
                throw unknown(key, entry, allowed);
              }
            });
    return this;
  }

  private ConfigException unknown(String key, Entry entry, List<String> allowed) {
    String hint =
        Nearest.to(key, allowed).map(near -> "; did you mean `" + near + "`?").orElse(".");
    return entry
        .keyMark()
        .error(
            "unknown key `"
                + printable(key)
                + "` "
                + where()
                + hint
                + " Allowed: "
                + String.join(", ", allowed));
  }

  private static String printable(String key) {
    String cut = key.length() > 60 ? key.substring(0, 60) + "…" : key;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  private String where() {
    return path.isEmpty() ? "at the top level" : "in " + path;
  }

  String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  boolean has(String key) {
    return find(key).isPresent();
  }

  Optional<YamlNode> find(String key) {
    return Optional.ofNullable(mapping.entries().get(key))
        .map(Entry::value)
        .filter(node -> !(node instanceof Scalar scalar && scalar.isNull()));
  }

  Optional<Section> section(String key) {
    return find(key).map(node -> of(name(key), node));
  }

  /** Text; numbers and the like are taken as they are written. Empty text counts as absent. */
  Optional<String> string(String key) {
    return find(key).map(node -> text(name(key), node)).filter(text -> !text.isEmpty());
  }

  String required(String key, String example) {
    return string(key)
        .orElseThrow(
            () ->
                mark(key)
                    .error("`" + name(key) + "` is missing; give it, for instance " + example));
  }

  private static String text(String name, YamlNode node) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return scalar.text();
    }
    throw node.mark().error("`" + name + "` must be text, is " + node.kind());
  }

  boolean bool(String key, boolean otherwise) {
    return find(key).map(node -> bool(name(key), node)).orElse(otherwise);
  }

  private static boolean bool(String name, YamlNode node) {
    if (node instanceof Scalar scalar) {
      String text = scalar.text().toLowerCase(Locale.ROOT);
      boolean quoted =
          scalar.type() == Scalar.Type.STRING && (text.equals("true") || text.equals("false"));
      if (!quoted && TRUE.contains(text)) {
        return true;
      }
      if (!quoted && FALSE.contains(text)) {
        return false;
      }
    }
    throw node.mark().error("`" + name + "` must be true or false, is " + node.kind());
  }

  Duration duration(String key, Duration otherwise) {
    return find(key).map(node -> duration(name(key), node)).orElse(otherwise);
  }

  private static Duration duration(String name, YamlNode node) {
    Optional<Duration> value =
        node instanceof Scalar scalar ? GoDuration.parse(scalar.text()) : Optional.empty();
    return value
        .filter(duration -> !duration.isNegative() && !duration.isZero())
        .orElseThrow(
            () ->
                node.mark()
                    .error(
                        "`"
                            + name
                            + "` must be a positive duration with units, such as 20m or 1h30m"));
  }

  List<String> strings(String key) {
    List<String> values = new ArrayList<>();
    List<YamlNode> items = items(key);
    for (int i = 0; i < items.size(); i++) {
      String name = name(key) + "[" + i + "]";
      String value = text(name, items.get(i));
      if (value.isBlank()) {
        throw items.get(i).mark().error("`" + name + "` must not be empty");
      }
      values.add(value);
    }
    return List.copyOf(values);
  }

  List<YamlNode> items(String key) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return List.of();
    }
    if (node.get() instanceof Sequence sequence) {
      return sequence.items();
    }
    throw node.get().mark().error("`" + name(key) + "` must be a list, is " + node.get().kind());
  }

  /** One of some words, or the given one when absent. */
  String choice(String key, String otherwise, List<String> allowed) {
    String value = string(key).orElse(otherwise);
    if (!allowed.contains(value)) {
      throw mark(key)
          .error(
              "`"
                  + name(key)
                  + "` is `"
                  + printable(value)
                  + "`; allowed: "
                  + String.join(", ", allowed));
    }
    return value;
  }
}
