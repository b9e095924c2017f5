package io.machineid.config;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks the form of names that Kubernetes is going to check anyhow, but later. */
final class KubernetesNames {

  private static final String LABEL_TEXT = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern LABEL = Pattern.compile(LABEL_TEXT);
  private static final Pattern SUBDOMAIN = Pattern.compile(LABEL_TEXT + "(\\." + LABEL_TEXT + ")*");
  private static final Pattern WORD =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
  private static final int LONGEST_SUBDOMAIN = 253;

  private KubernetesNames() {}

  static Optional<String> namespace(Section section, String key) {
    Optional<String> name = section.string(key);
    name.ifPresent(text -> check(section, key, text, isNamespace(text), "a namespace's name"));
    return name;
  }

  static boolean isNamespace(String text) {
    return LABEL.matcher(text).matches();
  }

  /** The name of an object such as a secret. */
  static String object(Section section, String key, String text) {
    boolean good = text.length() <= LONGEST_SUBDOMAIN && SUBDOMAIN.matcher(text).matches();
    check(section, key, text, good, "a Kubernetes name");
    return text;
  }

  private static void check(Section section, String key, String text, boolean good, String what) {
    if (!good) {
      throw section.error(
          key,
          "must be "
              + what
              + ": small letters, digits and `-`, is `"
              + Values.printable(text)
              + "`");
    }
  }

  /** Labels that a Kubernetes object is to carry. */
  static Map<String, String> labels(Section section, String key) {
    Map<String, String> labels = section.texts(key);
    labels.forEach(
        (name, value) -> {
          checkKey(section, key, name);
          if (!value.isEmpty() && !WORD.matcher(value).matches()) {
            throw section.error(
                key,
                "has for `"
                    + name
                    + "` the value `"
                    + Values.printable(value)
                    + "`; Kubernetes takes at most 63 letters, digits, `-`, `_` and `.`");
          }
        });
    return labels;
  }

  /** Annotations that a Kubernetes object is to carry: any value, but a label's key. */
  static Map<String, String> annotations(Section section, String key) {
    Map<String, String> annotations = section.texts(key);
    annotations.keySet().forEach(name -> checkKey(section, key, name));
    return annotations;
  }

  private static void checkKey(Section section, String key, String name) {
    int slash = name.indexOf('/');
    boolean prefixed = slash < 0 || SUBDOMAIN.matcher(name.substring(0, slash)).matches();
    if (!prefixed || !WORD.matcher(name.substring(slash + 1)).matches()) {
      throw section.error(
          key,
          "has the key `"
              + Values.printable(name)
              + "`; Kubernetes takes `name` or `domain/name`, of letters, digits, `-`, `_` and `.`");
    }
  }
}
