package io.machineid.config;

import io.machineid.config.YamlNode.Scalar;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** From a node of the file to a value, or to an error that says what stands there instead. */
final class Values {

  private static final int LONGEST_SHOWN = 60;
  private static final Set<String> TRUE = Set.of("true", "yes", "on", "y");
  private static final Set<String> FALSE = Set.of("false", "no", "off", "n");

  private Values() {}

  static String text(String name, YamlNode node) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return scalar.text();
    }
    throw node.mark().error("`" + name + "` must be text, is " + node.kind());
  }

  static boolean bool(String name, YamlNode node) {
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
    throw node.mark().error("`" + name + "` must be true or false, is " + found(node));
  }

  static Duration duration(String name, YamlNode node) {
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
                            + "` must be a positive duration with units, such as 20m or 1h30m, is "
                            + found(node)));
  }

  /** What stands there; only for keys that hold no secret. */
  static String found(YamlNode node) {
    return node instanceof Scalar scalar && !scalar.isNull()
        ? node.kind() + " `" + printable(scalar.text()) + "`"
        : node.kind();
  }

  /** A text of the file for a message: short, and in one line. */
  static String printable(String text) {
    String cut = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  /** The end of a message about a word that is none of the known ones. */
  static String suggestion(String word, Collection<String> allowed) {
    return Nearest.to(word, allowed).map(near -> "; did you mean `" + near + "`?").orElse("");
  }
}
