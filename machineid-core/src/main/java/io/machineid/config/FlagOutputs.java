package io.machineid.config;

import io.machineid.config.YamlNode.Entry;
import io.machineid.config.YamlNode.Mapping;
import io.machineid.config.YamlNode.Scalar;
import io.machineid.config.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From flags to the nodes that would stand in a file. */
final class FlagOutputs {

  private static final String DESTINATION = "--destination";
  private static final String FILE_SCHEME = "file://";
  private static final String MEMORY_SCHEME = "memory://";

  private FlagOutputs() {}

  static Mapping kubernetes(String cluster, FlagPlace place, boolean disableExecPlugin) {
    Map<String, Entry> output = new LinkedHashMap<>();
    put(output, text("--kubernetes-cluster", OutputKeys.KUBERNETES), "type");
    put(output, text("--kubernetes-cluster", cluster), "kubernetes_cluster");
    execPlugin(output, disableExecPlugin);
    put(output, destination(place), "destination");
    return new Mapping(Mark.of("--kubernetes-cluster"), output);
  }

  static Mapping kubernetesV2(
      List<String> names, List<String> labels, FlagPlace place, boolean disableExecPlugin) {
    Mark mark = Mark.of("kubernetes/v2");
    List<YamlNode> selectors = new ArrayList<>();
    names.forEach(name -> selectors.add(map("name", text("--name-selector", name))));
    labels.forEach(text -> selectors.add(map("labels", labels(text))));
    Map<String, Entry> output = new LinkedHashMap<>();
    put(output, text(mark.source(), OutputKeys.KUBERNETES_V2), "type");
    put(output, new Sequence(mark, selectors), "selectors");
    execPlugin(output, disableExecPlugin);
    put(output, destination(place), "destination");
    return new Mapping(mark, output);
  }

  static Mapping identity(FlagPlace place, @Nullable String cluster, boolean allowReissue) {
    Map<String, Entry> output = new LinkedHashMap<>();
    put(output, text(DESTINATION, OutputKeys.IDENTITY), "type");
    if (cluster != null) {
      put(output, text("--cluster", cluster), "cluster");
    }
    if (allowReissue) {
      put(output, bool("--allow-reissue", "true"), "allow_reissue");
    }
    put(output, destination(place), "destination");
    return new Mapping(Mark.of(DESTINATION), output);
  }

  /** The one that stands for all others. */
  static Mapping identity(String flag, String destination) {
    Map<String, Entry> output = new LinkedHashMap<>();
    put(output, text(flag, OutputKeys.IDENTITY), "type");
    put(output, destination(flag, destination), "destination");
    return new Mapping(Mark.of(flag), output);
  }

  private static Mapping destination(FlagPlace place) {
    List<YamlNode> readers = new ArrayList<>();
    place.readerUsers().forEach(name -> readers.add(map("user", text("--reader-user", name))));
    place.readerGroups().forEach(name -> readers.add(map("group", text("--reader-group", name))));
    Mapping destination = destination(DESTINATION, place.destination());
    if (readers.isEmpty()) {
      return destination;
    }
    if (!destination.entries().containsKey("path")) {
      throw readers
          .get(0)
          .mark()
          .error("is for a directory, and the destination is " + place.destination());
    }
    Map<String, Entry> entries = new LinkedHashMap<>(destination.entries());
    put(entries, new Sequence(readers.get(0).mark(), readers), "readers");
    return new Mapping(destination.mark(), entries);
  }

  private static void execPlugin(Map<String, Entry> output, boolean disableExecPlugin) {
    if (disableExecPlugin) {
      put(output, bool("--disable-exec-plugin", "true"), "disable_exec_plugin");
    }
  }

  private static Mapping labels(String text) {
    Mark mark = Mark.of("--label-selector");
    Map<String, Entry> labels = new LinkedHashMap<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw mark.error(
            "must be key=value, or several with commas, is `" + Values.printable(text) + "`");
      }
      String key = pair.substring(0, equals).strip();
      Entry value = new Entry(mark, text(mark.source(), pair.substring(equals + 1).strip()));
      if (labels.putIfAbsent(key, value) != null) {
        throw mark.error("has the label `" + Values.printable(key) + "` twice");
      }
    }
    return new Mapping(mark, labels);
  }

  /** A destination as flags write it: a path, {@code file://PATH} or {@code memory://}. */
  static Mapping destination(String flag, String text) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    if (text.equals(MEMORY_SCHEME)) {
      put(entries, text(flag, "memory"), "type");
      return new Mapping(Mark.of(flag), entries);
    }
    String path = text.startsWith(FILE_SCHEME) ? text.substring(FILE_SCHEME.length()) : text;
    if (path.contains("://")) {
      throw Mark.of(flag)
          .error("must be a path, file://PATH or memory://, is `" + Values.printable(text) + "`");
    }
    put(entries, text(flag, "directory"), "type");
    put(entries, text(flag, path), "path");
    return new Mapping(Mark.of(flag), entries);
  }

  static Scalar text(String origin, String text) {
    return new Scalar(Mark.of(origin), Scalar.Type.STRING, text);
  }

  static Scalar bool(String origin, String text) {
    return new Scalar(Mark.of(origin), Scalar.Type.BOOLEAN, text);
  }

  private static Mapping map(String key, YamlNode value) {
    return new Mapping(value.mark(), Map.of(key, new Entry(value.mark(), value)));
  }

  private static void put(Map<String, Entry> into, YamlNode value, String key) {
    into.put(key, new Entry(value.mark(), value));
  }
}
