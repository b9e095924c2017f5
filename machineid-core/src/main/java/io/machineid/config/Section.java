package io.machineid.config;

import io.machineid.ConfigException;
import io.machineid.config.YamlNode.Entry;
import io.machineid.config.YamlNode.Mapping;
import io.machineid.config.YamlNode.Scalar;
import io.machineid.config.YamlNode.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A map of the file with a fixed set of keys, read with types. A key without a value counts as
 * absent.
 */
final class Section {

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

  Mapping mapping() {
    return mapping;
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
   * sentence, unless they say nothing.
   */
  Section allow(List<String> allowed, Map<String, String> unserved) {
    mapping.entries().forEach((key, entry) -> check(key, entry, allowed, unserved));
    return this;
  }

  private void check(String key, Entry entry, List<String> allowed, Map<String, String> unserved) {
    if (allowed.contains(key)) {
      return;
    }
    if (!unserved.containsKey(key)) {
      throw unknown(key, entry, allowed);
    }
    if (!saysNothing(entry.value())) {
      throw entry.keyMark().error("`" + key + "` " + where() + " " + unserved.get(key));
    }
  }

  private static boolean saysNothing(YamlNode node) {
    if (node instanceof Scalar scalar) {
      return scalar.isNull();
    }
    return node instanceof Mapping inner && inner.entries().isEmpty();
  }

  private ConfigException unknown(String key, Entry entry, List<String> allowed) {
    String hint = Values.suggestion(key, allowed);
    return entry
        .keyMark()
        .error(
            "unknown key `"
                + Values.printable(key)
                + "` "
                + where()
                + (hint.isEmpty() ? "." : hint)
                + " Allowed: "
                + String.join(", ", allowed));
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

  /** The maps of a list. */
  List<Section> sections(String key) {
    List<Section> sections = new ArrayList<>();
    for (YamlNode item : items(key)) {
      sections.add(of(name(key) + "[" + sections.size() + "]", item));
    }
    return sections;
  }

  /** Text; numbers and the like are taken as they are written. Empty text counts as absent. */
  Optional<String> string(String key) {
    return find(key).map(node -> Values.text(name(key), node)).filter(text -> !text.isEmpty());
  }

  String required(String key, String example) {
    return string(key)
        .orElseThrow(
            () ->
                mark(key)
                    .error("`" + name(key) + "` is missing; give it, for instance " + example));
  }

  boolean bool(String key, boolean otherwise) {
    return find(key).map(node -> Values.bool(name(key), node)).orElse(otherwise);
  }

  Optional<Duration> duration(String key) {
    return find(key).map(node -> Values.duration(name(key), node));
  }

  List<String> strings(String key) {
    List<String> values = new ArrayList<>();
    for (YamlNode item : items(key)) {
      String name = name(key) + "[" + values.size() + "]";
      String value = Values.text(name, item);
      if (value.isBlank()) {
        throw item.mark().error("`" + name + "` must not be empty");
      }
      values.add(value);
    }
    return List.copyOf(values);
  }

  /** A map from text to text, in the order of the file. */
  Map<String, String> texts(String key) {
    Map<String, String> values = new LinkedHashMap<>();
    section(key)
        .ifPresent(
            inner ->
                inner
                    .mapping
                    .entries()
                    .forEach(
                        (word, entry) ->
                            values.put(word, Values.text(inner.name(word), entry.value()))));
    return Collections.unmodifiableMap(values);
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
                  + Values.printable(value)
                  + "`"
                  + Values.suggestion(value, allowed)
                  + (Values.suggestion(value, allowed).isEmpty() ? "; allowed: " : " Allowed: ")
                  + String.join(", ", allowed));
    }
    return value;
  }

  /** An error about the value of a key. */
  ConfigException error(String key, String message) {
    return mark(key).error("`" + name(key) + "` " + message);
  }
}
