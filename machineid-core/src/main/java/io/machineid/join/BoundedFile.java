package io.machineid.join;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads files that should be small. */
final class BoundedFile {

  private BoundedFile() {}

  /** The text without white space around it; empty where the file is larger than the limit. */
  static Optional<String> read(Path file, int limitBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(limitBytes + 1);
      return content.length > limitBytes
          ? Optional.empty()
          : Optional.of(new String(content, StandardCharsets.UTF_8).strip());
    }
  }
}
