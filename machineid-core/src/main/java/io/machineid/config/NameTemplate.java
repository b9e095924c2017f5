package io.machineid.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Go template that names a context or a cluster, such as {@code {{.ClusterName}}-{{.KubeName}}}.
 * Served are text and the variables {@code .ClusterName}, {@code .KubeName}, {@code .Labels.x} and
 * {@code index .Labels "x"}; functions and conditions are not. Immutable.
 */
public final class NameTemplate {

  private static final Pattern ACTION =
      Pattern.compile("\\{\\{(-\\s)?(.*?)(\\s-)?}}", Pattern.DOTALL);
  private static final Pattern LABEL =
      Pattern.compile("\\.Labels\\.([A-Za-z_]\\w*)|index\\s+\\.Labels\\s+[\"`]([^\"`\\\\]*)[\"`]");

  /** What names are made of where the file says nothing. */
  public static final NameTemplate DEFAULT = of("{{.ClusterName}}-{{.KubeName}}");

  private sealed interface Part {}

  private record Text(String text) implements Part {}

  private enum Variable implements Part {
    CLUSTER,
    KUBE
  }

  private record Label(String key) implements Part {}

  private final String source;
  private final List<Part> parts;

  private NameTemplate(String source, List<Part> parts) {
    this.source = source;
    this.parts = parts;
  }

  /**
   * Parses a template.
   *
   * @param source the template
   * @return the template
   * @throws IllegalArgumentException when it is none, or uses what is not served; the message says
   *     what
   */
  public static NameTemplate of(String source) {
    List<Part> parts = new ArrayList<>();
    Matcher action = ACTION.matcher(source);
    int end = 0;
    boolean trim = false;
    while (action.find()) {
      String before = text(source.substring(end, action.start()), trim);
      parts.add(new Text(action.group(1) == null ? before : before.stripTrailing()));
      parts.add(variable(action.group(2).strip()));
      end = action.end();
      trim = action.group(3) != null;
    }
    parts.add(new Text(text(source.substring(end), trim)));
    if (parts.size() == 1 && source.isBlank()) {
      throw new IllegalArgumentException("it is blank");
    }
    return new NameTemplate(source, List.copyOf(parts));
  }

  private static String text(String text, boolean trim) {
    if (text.contains("{{")) {
      throw new IllegalArgumentException("a `{{` has no `}}`");
    }
    return trim ? text.stripLeading() : text;
  }

  private static Part variable(String expression) {
    Matcher label = LABEL.matcher(expression);
    if (label.matches()) {
      return new Label(label.group(1) == null ? label.group(2) : label.group(1));
    }
    return switch (expression) {
      case ".ClusterName" -> Variable.CLUSTER;
      case ".KubeName" -> Variable.KUBE;
      default ->
          throw new IllegalArgumentException(
              "`{{"
                  + Values.printable(expression)
                  + "}}` is not served; allowed: {{.ClusterName}}, {{.KubeName}}, {{.Labels.x}},"
                  + " {{index .Labels \"x\"}}");
    };
  }

  /**
   * Makes a name.
   *
   * @param teleportCluster the Teleport cluster's name
   * @param kubernetesCluster the Kubernetes cluster's name in Teleport
   * @param labels the Kubernetes cluster's labels; one that is missing gives no text
   * @return the name; not unique by itself
   */
  public String render(
      String teleportCluster, String kubernetesCluster, Map<String, String> labels) {
    StringBuilder name = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Text text) {
        name.append(text.text());
      } else if (part instanceof Label label) {
        name.append(labels.getOrDefault(label.key(), ""));
      } else {
        name.append(part == Variable.CLUSTER ? teleportCluster : kubernetesCluster);
      }
    }
    return name.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NameTemplate template && template.source.equals(source);
  }

  @Override
  public int hashCode() {
    return source.hashCode();
  }

  /** The template as it was given. */
  @Override
  public String toString() {
    return source;
  }
}
