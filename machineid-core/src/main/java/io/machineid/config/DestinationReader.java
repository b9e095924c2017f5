package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.Memory;
import io.machineid.destination.SymlinkMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads {@code storage} and {@code destination}. */
final class DestinationReader {

  private static final List<String> TYPES = List.of("directory", "memory");
  private static final List<String> DIRECTORY_KEYS = List.of("type", "path", "symlinks", "acls");
  private static final List<String> SYMLINKS =
      Arrays.stream(SymlinkMode.values()).map(SymlinkMode::text).toList();

  private final Section section;

  DestinationReader(Section section) {
    this.section = section;
  }

  static DestinationConfig directory(Path path) {
    return new Directory(path, SymlinkMode.TRY_SECURE, AclMode.TRY);
  }

  DestinationConfig read() {
    String type = section.required("type", "`type: directory`");
    if (Unserved.DESTINATION_TYPES.contains(type)) {
      throw section
          .mark("type")
          .error(
              "destination type `"
                  + type
                  + "` is not served by this version of machineid; it serves: "
                  + String.join(", ", TYPES));
    }
    if (section.choice("type", "", TYPES).equals("memory")) {
      section.allow(List.of("type"), Map.of());
      return new Memory();
    }
    section.allow(DIRECTORY_KEYS, Unserved.DIRECTORY);
    Path path = Paths.parse(section, "path", section.required("path", "`path: /opt/machine-id`"));
    return new Directory(path, symlinks(), acls());
  }

  private SymlinkMode symlinks() {
    String text = section.choice("symlinks", SymlinkMode.TRY_SECURE.text(), SYMLINKS);
    return Arrays.stream(SymlinkMode.values())
        .filter(mode -> mode.text().equals(text))
        .findFirst()
        .orElse(SymlinkMode.TRY_SECURE);
  }

  private AclMode acls() {
    String text = section.choice("acls", "try", List.of("off", "try", "required"));
    if (text.equals("required")) {
      throw section
          .mark("acls")
          .error(
              "`"
                  + section.name("acls")
                  + ": required` is not served by this version of machineid, which sets"
                  + " file modes only; allowed: off, try");
    }
    return text.equals("off") ? AclMode.OFF : AclMode.TRY;
  }
}
