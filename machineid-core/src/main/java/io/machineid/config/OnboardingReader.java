package io.machineid.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code onboarding}. */
final class OnboardingReader {

  private static final List<String> KEYS = List.of("join_method", "token", "ca_pins", "ca_path");
  private static final Pattern PIN = Pattern.compile("sha256:[0-9A-Fa-f]{64}");
  private static final String TOKEN = "token";

  private final Section section;
  private final boolean insecure;

  OnboardingReader(Section section, boolean insecure) {
    this.section = section.allow(KEYS, Unserved.ONBOARDING);
    this.insecure = insecure;
  }

  OnboardingConfig read() {
    String method = joinMethod();
    Optional<JoinToken> token = section.string("token").map(this::token);
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
    return new OnboardingConfig(method, token, pins, caPath);
  }

  private JoinToken token(String text) {
    if (text.isBlank()) {
      throw section
          .mark("token")
          .error("`onboarding.token` is blank; give the name of a join token");
    }
    return JoinToken.of(text.strip());
  }

  private String joinMethod() {
    String method = section.required("join_method", "`join_method: token`");
    if (Unserved.JOIN_METHODS.contains(method)) {
      throw section
          .mark("join_method")
          .error(
              "join method `"
                  + method
                  + "` is not served by this version of machineid; it serves: "
                  + TOKEN);
    }
    if (!method.equals(TOKEN)) {
      List<String> known = new ArrayList<>(Unserved.JOIN_METHODS);
      known.add(TOKEN);
      known.sort(null);
      throw section
          .mark("join_method")
          .error(
              "unknown join method; Teleport knows "
                  + String.join(", ", known)
                  + "; this version of machineid serves: "
                  + TOKEN);
    }
    return method;
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
