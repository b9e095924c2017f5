package io.machineid.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A map of the file under construction; what is empty is left out. */
final class Tree {

  private final Map<String, Object> entries = new LinkedHashMap<>();

  Tree put(String key, Object value) {
    entries.put(key, value);
    return this;
  }

  Tree put(String key, Optional<?> value) {
    value.ifPresent(present -> entries.put(key, present));
    return this;
  }

  Tree put(String key, Collection<?> values) {
    if (!values.isEmpty()) {
      entries.put(key, new ArrayList<>(values));
    }
    return this;
  }

  Tree put(String key, Map<String, ?> values) {
    if (!values.isEmpty()) {
      entries.put(key, values);
    }
    return this;
  }

  Tree put(String key, Tree tree) {
    return put(key, tree.map());
  }

  Map<String, Object> map() {
    return entries;
  }

  static List<Object> maps(Collection<Tree> trees) {
    return new ArrayList<>(trees.stream().map(Tree::map).toList());
  }
}
