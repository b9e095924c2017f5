package io.machineid.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code name} of an output. */
final class ServiceNames {

  private static final Pattern NAME = Pattern.compile("[a-z0-9_+-]{1,64}");
  private static final List<String> RESERVED =
      List.of("ca-rotation", "crl-cache", "heartbeat", "identity", "spiffe-trust-bundle-cache");

  private final Section section;

  ServiceNames(Section section) {
    this.section = section;
  }

  Optional<String> read() {
    Optional<String> name = section.string("name");
    name.ifPresent(this::check);
    return name;
  }

  private void check(String name) {
    if (!NAME.matcher(name).matches()) {
      throw section.error(
          "name",
          "must be at most 64 small letters, digits, `-`, `_` and `+`, is `"
              + Values.printable(name)
              + "`");
    }
    if (RESERVED.contains(name)) {
      throw section.error(
          "name", "is `" + name + "`, which tbot keeps for itself: " + String.join(", ", RESERVED));
    }
  }
}
