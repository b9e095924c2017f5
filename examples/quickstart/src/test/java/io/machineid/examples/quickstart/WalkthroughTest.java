package io.machineid.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command. */
class WalkthroughTest {

  @Test
  void quickstart_withoutArguments_showsThePodsAndEndsQuietly(@TempDir Path temporary)
      throws Exception {
    try (Programs.Running quickstart = new Programs(temporary, Map.of()).java(Quickstart.class)) {
      assertThat(ownWords(quickstart.end()))
          .contains("Step 1: ", "Step 2: ", "Step 3: ", "kubeconfig.yaml")
          .contains(
              "fabric8:  [web-1, web-2]", "official: [web-1, web-2]", "JDK:      [web-1, web-2]")
          .doesNotContain("\tat ", "SEVERE", "WARNING");
    }
  }

  /** Without what the runtime itself says from JDK 24 on of Netty's use of sun.misc.Unsafe. */
  private static String ownWords(String output) {
    return output
        .lines()
        .filter(line -> !line.matches("WARNING: .*(sun\\.misc\\.Unsafe|PlatformDependent0).*"))
        .collect(Collectors.joining("\n"));
  }
}
