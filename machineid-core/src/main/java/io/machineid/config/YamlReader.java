package io.machineid.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.machineid.ConfigException;
import io.machineid.MachineIdException;
import io.machineid.config.YamlNode.Entry;
import io.machineid.config.YamlNode.Mapping;
import io.machineid.config.YamlNode.Scalar;
import io.machineid.config.YamlNode.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads one YAML document into a small tree with places. Aliases and merge keys are followed; tags,
 * further documents, duplicate keys, great depth and great numbers are refused.
 */
final class YamlReader {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_NODES = 100_000;
  private static final String MERGE_KEY = "<<";
  private static final String STRING_TAG = "tag:yaml.org,2002:str";

  private final String source;
  private final YAMLParser parser;
  private final Map<String, YamlNode> anchors = new HashMap<>();
  private int nodes;

  private YamlReader(String source, YAMLParser parser) {
    this.source = source;
    this.parser = parser;
  }

  static YamlNode read(String yaml, String source) {
    try (YAMLParser parser = new YAMLFactory().createParser(yaml)) {
      return new YamlReader(source, parser).document();
    } catch (JsonProcessingException e) {
      throw syntaxError(source, e.getLocation(), e.getOriginalMessage());
    } catch (MachineIdException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw syntaxError(source, null, e.getMessage());
    }
  }

  private YamlNode document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new Mark(source, 1, 1)
          .error("the file is empty; a configuration begins with `version: v2`");
    }
    YamlNode root = node(first, 0);
    if (parser.nextToken() != null) {
      throw mark().error("a second document; a configuration is one document");
    }
    return root;
  }

  private YamlNode node(JsonToken token, int depth) throws IOException {
    Mark mark = mark();
    if (depth > MAX_DEPTH) {
      throw mark.error("nested more than " + MAX_DEPTH + " levels deep");
    }
    count(1);
    if (parser.isCurrentAlias()) {
      return alias(mark, parser.getText());
    }
    refuseTag(mark);
    Object anchor = parser.getObjectId();
    YamlNode node =
        switch (token) {
          case START_OBJECT -> mapping(mark, depth);
          case START_ARRAY -> sequence(mark, depth);
          default -> scalar(mark, token);
        };
    if (anchor != null) {
      anchors.put(anchor.toString(), node);
    }
    return node;
  }

  private void refuseTag(Mark mark) throws IOException {
    Object tag = parser.getTypeId();
    if (tag != null && !tag.equals(STRING_TAG)) {
      throw mark.error("YAML tags are not used here; remove `" + tag + "`");
    }
  }

  private Scalar scalar(Mark mark, JsonToken token) throws IOException {
    Scalar.Type type =
        switch (token) {
          case VALUE_STRING -> Scalar.Type.STRING;
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Scalar.Type.NUMBER;
          case VALUE_TRUE, VALUE_FALSE -> Scalar.Type.BOOLEAN;
          case VALUE_NULL -> Scalar.Type.NULL;
          default -> throw mark.error("not expected here");
        };
    return new Scalar(mark, type, type == Scalar.Type.NULL ? "" : parser.getText());
  }

  private Sequence sequence(Mark mark, int depth) throws IOException {
    List<YamlNode> items = new ArrayList<>();
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      items.add(node(token, depth + 1));
    }
    return new Sequence(mark, List.copyOf(items));
  }

  private Mapping mapping(Mark mark, int depth) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<YamlNode> merged = new ArrayList<>();
    for (JsonToken token = next(); token != JsonToken.END_OBJECT; token = next()) {
      String key = parser.currentName();
      Mark keyMark = mark();
      YamlNode value = node(next(), depth + 1);
      if (key.equals(MERGE_KEY)) {
        merged.add(value);
      } else {
        Entry before = entries.putIfAbsent(key, new Entry(keyMark, value));
        if (before != null) {
          throw keyMark.error(
              "key `" + key + "` is given twice, first in line " + before.keyMark().line());
        }
      }
    }
    merged.forEach(value -> merge(value, entries));
    return new Mapping(mark, Collections.unmodifiableMap(entries));
  }

  /** Adds the entries of a {@code <<} value that the map itself does not have. */
  private void merge(YamlNode value, Map<String, Entry> into) {
    if (value instanceof Mapping mapping) {
      count(mapping.entries().size());
      mapping.entries().forEach(into::putIfAbsent);
    } else if (value instanceof Sequence sequence) {
      for (YamlNode item : sequence.items()) {
        if (!(item instanceof Mapping)) {
          throw item.mark().error("`<<` merges maps only, this is " + item.kind());
        }
        merge(item, into);
      }
    } else {
      throw value.mark().error("`<<` merges maps only, this is " + value.kind());
    }
  }

  private YamlNode alias(Mark mark, String name) {
    YamlNode node = anchors.get(name);
    if (node == null) {
      throw mark.error("alias `*" + name + "` has no anchor `&" + name + "` before it");
    }
    return node;
  }

  private JsonToken next() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw mark().error("the file ends too early");
    }
    return token;
  }

  private void count(int more) {
    nodes += more;
    if (nodes > MAX_NODES) {
      throw mark().error("more than " + MAX_NODES + " values");
    }
  }

  private Mark mark() {
    JsonLocation at = parser.currentTokenLocation();
    return new Mark(source, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }

  /**
   * The parser's own message shows lines of the file, where the token may stand: so only its words
   * are kept, and it does not become the cause.
   */
  private static ConfigException syntaxError(
      String source, @Nullable JsonLocation at, @Nullable String message) {
    String where = at == null ? source : source + ":" + at.getLineNr() + ":" + at.getColumnNr();
    String words =
        message == null
            ? ""
            : message
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    return new ConfigException(
        where + ": not YAML: " + (words.isEmpty() ? "unreadable" : words), null);
  }
}
