package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.KubernetesSecret;
import io.machineid.config.DestinationConfig.Memory;
import io.machineid.destination.AccessList;
import io.machineid.destination.SymlinkMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code storage} and {@code destination}. */
final class DestinationReader {

  private static final List<String> TYPES = List.of("directory", "memory", "kubernetes_secret");
  private static final List<String> DIRECTORY_KEYS =
      List.of("type", "path", "symlinks", "acls", "readers");
  private static final List<String> SECRET_KEYS =
      List.of("type", "name", "namespace", "labels", "kubeconfig_path", "kubeconfig_context");
  private static final List<String> READER_KEYS = List.of("user", "group");

  private final Section section;

  DestinationReader(Section section) {
    this.section = section;
  }

  DestinationConfig read() {
    section.required("type", "`type: directory`");
    return switch (section.choice("type", "", TYPES)) {
      case "directory" -> directory();
      case "memory" -> memory();
      default -> secret();
    };
  }

  private DestinationConfig memory() {
    section.allow(List.of("type"), Map.of());
    return new Memory();
  }

  private DestinationConfig directory() {
    section.allow(DIRECTORY_KEYS, Map.of());
    Path path = Paths.parse(section, "path", section.required("path", "`path: /opt/machine-id`"));
    SymlinkMode symlinks =
        choice("symlinks", SymlinkMode.TRY_SECURE, SymlinkMode.values(), SymlinkMode::text);
    AclMode acls = choice("acls", AclMode.TRY, AclMode.values(), AclMode::text);
    List<AclReader> readers = readers();
    if (acls == AclMode.OFF && !readers.isEmpty()) {
      throw section.error("readers", "contradicts `acls: off`; remove one of them");
    }
    return new Directory(path, symlinks, acls, readers);
  }

  private <E> E choice(String key, E otherwise, E[] values, Function<E, String> spelling) {
    Map<String, E> bySpelling = new LinkedHashMap<>();
    for (E value : values) {
      bySpelling.put(spelling.apply(value), value);
    }
    String text = section.choice(key, spelling.apply(otherwise), List.copyOf(bySpelling.keySet()));
    return bySpelling.getOrDefault(text, otherwise);
  }

  private List<AclReader> readers() {
    List<AclReader> readers = new ArrayList<>();
    for (Section reader : section.sections("readers")) {
      reader.allow(READER_KEYS, Map.of());
      Optional<String> user = reader.string("user");
      Optional<String> group = reader.string("group");
      if (user.isPresent() == group.isPresent()) {
        throw reader
            .mark()
            .error(
                "`" + reader.path() + "` must have one of `user` and `group`, by name or number");
      }
      readers.add(
          user.map(name -> new AclReader(AclReader.Kind.USER, name(reader, "user", name)))
              .orElseGet(
                  () ->
                      new AclReader(
                          AclReader.Kind.GROUP, name(reader, "group", group.orElseThrow()))));
    }
    return readers;
  }

  private static String name(Section section, String key, String text) {
    if (text.isBlank()) {
      throw section.error(key, "is blank");
    }
    if (!AccessList.Reader.isName(text)) {
      throw section.error(key, "is `" + text + "`, which cannot be the name of a user or group");
    }
    return text;
  }

  private DestinationConfig secret() {
    section.allow(SECRET_KEYS, Map.of());
    String name =
        KubernetesNames.object(section, "name", section.required("name", "`name: my-bot`"));
    return new KubernetesSecret(
        name,
        KubernetesNames.namespace(section, "namespace"),
        KubernetesNames.labels(section, "labels"),
        section
            .string("kubeconfig_path")
            .map(path -> Paths.parse(section, "kubeconfig_path", path)),
        section.string("kubeconfig_context"));
  }
}
