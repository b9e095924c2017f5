package io.machineid.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.DestinationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that can write little, by the limit that the shell sets to the size of its files. */
@EnabledOnOs(OS.LINUX)
class NoRoomTest {

  @TempDir Path base;

  /** Takes the right to a directory, and tells how that went. */
  static final class Child {

    private Child() {}

    public static void main(String[] args) {
      DirectoryDestination destination =
          new DirectoryDestination(Path.of(args[0]), SymlinkMode.TRY_SECURE);
      destination.prepare();
      try (Destination.Lock lock = destination.lock()) {
        System.out.print("locked " + destination.list());
      } catch (DestinationException e) {
        System.out.print("refused " + destination.list() + " " + e.getMessage());
      }
    }
  }

  private String child(String limit) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "ulimit -f " + limit + "; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                base.toRealPath().resolve("storage").toString())
            .redirectErrorStream(true)
            .start();
    try {
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void lock_noRoomForAnIdentity_isRefusedBeforeAnythingIsAskedFor() throws Exception {
    assertThat(child("16"))
        .startsWith("refused [.write-test, lock] cannot lock directory ")
        .contains("storage");

    assertThat(child("unlimited")).isEqualTo("locked [.write-test, lock]");
  }
}
