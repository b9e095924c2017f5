package io.machineid.kubernetes;

import io.machineid.ConfigException;
import io.machineid.config.NameTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How contexts are named: a text with {@code {{.ClusterName}}}, {@code {{.KubeName}}}, {@code
 * {{.Labels.env}}} and {@code {{index .Labels "a-b"}}} in it. A label that a cluster does not have
 * is empty.
 */
final class ContextNameTemplate {

  private static final Pattern ACTION = Pattern.compile("\\{\\{(.*?)}}", Pattern.DOTALL);
  private static final Pattern LABEL =
      Pattern.compile("\\.Labels\\.(\\w+)|index\\s+\\.Labels\\s+\"([^\"\\\\]+)\"");

  /** As tbot names them. */
  static final ContextNameTemplate STANDARD = parse("{{.ClusterName}}-{{.KubeName}}");

  /** A piece of a name. */
  @FunctionalInterface
  private interface Part {
    String of(String teleportCluster, String kubernetesCluster, Map<String, String> labels);
  }

  private final List<Part> parts;

  /** One of a configuration, which may also name a single cluster. */
  static ContextNameTemplate of(NameTemplate template) {
    return new ContextNameTemplate(List.of(template::render));
  }

  private ContextNameTemplate(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Reads a template.
   *
   * @throws ConfigException when it has something else in it, or nothing that tells clusters apart
   */
  static ContextNameTemplate parse(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher action = ACTION.matcher(text);
    int end = 0;
    boolean distinct = false;
    while (action.find()) {
      parts.add(literal(text.substring(end, action.start()), text));
      String inside = action.group(1).strip();
      distinct |= !inside.equals(".ClusterName");
      parts.add(variable(inside, text));
      end = action.end();
    }
    parts.add(literal(text.substring(end), text));
    if (!distinct) {
      throw wrong(text, "names all clusters alike");
    }
    return new ContextNameTemplate(parts);
  }

  private static Part literal(String piece, String template) {
    if (piece.contains("{{")) {
      throw wrong(template, "has {{ without }}");
    }
    return (teleport, kubernetes, labels) -> piece;
  }

  private static Part variable(String inside, String template) {
    Matcher label = LABEL.matcher(inside);
    if (label.matches()) {
      String key = label.group(1) == null ? label.group(2) : label.group(1);
      return (teleport, kubernetes, labels) -> labels.getOrDefault(key, "");
    }
    return switch (inside) {
      case ".ClusterName" -> (teleport, kubernetes, labels) -> teleport;
      case ".KubeName" -> (teleport, kubernetes, labels) -> kubernetes;
      default -> throw wrong(template, "has {{" + inside + "}}");
    };
  }

  private static ConfigException wrong(String template, String what) {
    return new ConfigException(
        "context_name_template \"%s\" %s. It may hold {{.ClusterName}}, {{.KubeName}}, {{.Labels.KEY}} and {{index .Labels \"KEY\"}}, the second or a label at least"
            .formatted(template, what),
        null);
  }

  /** The name of a cluster's context. */
  String name(String teleportCluster, String kubernetesCluster, Map<String, String> labels) {
    return parts.stream()
        .map(part -> part.of(teleportCluster, kubernetesCluster, labels))
        .collect(Collectors.joining());
  }
}
