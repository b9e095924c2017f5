package io.machineid.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code onboarding}. */
final class OnboardingReader {

  private static final Pattern PIN = Pattern.compile("sha256:[0-9A-Fa-f]{64}");

  private final Section section;
  private final boolean insecure;

  OnboardingReader(Section section, boolean insecure) {
    this.section = section;
    this.insecure = insecure;
  }

  OnboardingConfig read() {
    JoinConfig join = new JoinReader(section).read();
    List<String> pins = pins();
    Optional<Path> caPath =
        section.string("ca_path").map(path -> Paths.parse(section, "ca_path", path));
    if (!pins.isEmpty() && caPath.isPresent()) {
      throw section.mark("ca_path").error("both `ca_pins` and `ca_path` are given; keep one");
    }
    if (insecure && (!pins.isEmpty() || caPath.isPresent())) {
      String key = pins.isEmpty() ? "ca_path" : "ca_pins";
      throw section
          .mark(key)
          .error(
              "`" + key + "` contradicts `insecure: true`; remove `insecure` to verify the server");
    }
    return new OnboardingConfig(join, pins, caPath);
  }

  private List<String> pins() {
    List<String> pins = section.strings("ca_pins");
    for (int i = 0; i < pins.size(); i++) {
      if (!PIN.matcher(pins.get(i)).matches()) {
        throw section
            .items("ca_pins")
            .get(i)
            .mark()
            .error(
                "`onboarding.ca_pins["
                    + i
                    + "]` must be `sha256:` and 64 hexadecimal digits, as"
                    + " `tctl status` prints it");
      }
    }
    return pins;
  }
}
