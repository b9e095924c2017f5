package io.machineid.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code selectors}. */
final class SelectorReader {

  private static final List<String> KEYS = List.of("name", "labels", "default_namespace");

  private final Section output;

  SelectorReader(Section output) {
    this.output = output;
  }

  List<KubernetesSelector> read() {
    List<KubernetesSelector> selectors = new ArrayList<>();
    for (Section section : output.sections("selectors")) {
      selectors.add(selector(section.allow(KEYS, Map.of())));
    }
    if (selectors.isEmpty()) {
      throw output.error("selectors", "is missing; give one at least, for instance `- name: dev`");
    }
    return List.copyOf(selectors);
  }

  private static KubernetesSelector selector(Section section) {
    Optional<String> name = section.string("name");
    Map<String, String> labels = section.texts("labels");
    if (name.isPresent() && !labels.isEmpty()) {
      throw section.error("labels", "and `name` are both given; keep one of them");
    }
    if (name.isEmpty() && labels.isEmpty()) {
      throw section
          .mark()
          .error("`" + section.path() + "` selects nothing; give it either `name` or `labels`");
    }
    return new KubernetesSelector(
        name, labels, KubernetesNames.namespace(section, "default_namespace"));
  }
}
