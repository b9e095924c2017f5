package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with an empty environment, no PATH, and no directory that it may write to. Root may
 * write all the same, so the directories are looked at before and after, too.
 */
class NothingOnDiskTest {

  private static final long PATIENCE_SECONDS = 180;
  private static final List<String> PLACES = List.of("home", "tmp", "work");

  @TempDir Path base;

  @BeforeEach
  void makePlaces() throws IOException {
    for (String place : PLACES) {
      Files.createDirectory(base.resolve(place));
    }
  }

  /** Somebody has to be able to remove them. */
  @AfterEach
  void giveBack() throws IOException {
    for (String place : PLACES) {
      permit(place, "rwx------");
    }
  }

  private void permit(String place, String permissions) throws IOException {
    Files.setPosixFilePermissions(
        base.resolve(place), PosixFilePermissions.fromString(permissions));
  }

  private Map<String, String> everything() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String place : PLACES) {
      try (Stream<Path> all = Files.walk(base.resolve(place))) {
        for (Path each : all.toList()) {
          found.put(base.relativize(each).toString(), String.valueOf(changed(each)));
        }
      }
    }
    return found;
  }

  private static Object changed(Path file) throws IOException {
    return Files.getLastModifiedTime(file);
  }

  private String run(TestCluster teleport, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + base.resolve("tmp"),
                "-Duser.home=" + base.resolve("home"),
                "-cp",
                System.getProperty("java.class.path"),
                DisklessService.class.getName(),
                teleport.proxyAddress(),
                Base64.getEncoder().encodeToString(teleport.webAuthority().getEncoded()),
                teleport.addBot("example", "fleet").token(),
                "kube"));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(base.resolve("work").toFile())
            .redirectErrorStream(true);
    builder.environment().clear();
    Process process = builder.start();
    try {
      String said = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  private static TestCluster cluster() {
    TestCluster teleport = TestCluster.builder().kubernetesCluster("kube", Map.of()).start();
    teleport.createFullAccessRole("fleet");
    return teleport;
  }

  @Test
  void service_withoutEnvironmentAndPlaceToWrite_works_andLeavesNothing() throws Exception {
    try (TestCluster teleport = cluster()) {
      for (String place : PLACES) {
        permit(place, "r-x------");
      }
      Map<String, String> before = everything();

      String said = run(teleport);

      assertThat(said.strip()).endsWith(DisklessService.DONE);
      assertThat(everything()).isEqualTo(before);
    }
  }

  /** Otherwise the test above would show nothing. */
  @Test
  void service_thatWrites_isFoundOut() throws Exception {
    try (TestCluster teleport = cluster()) {
      Map<String, String> before = everything();

      String said = run(teleport, "write");

      assertThat(said.strip()).endsWith(DisklessService.DONE);
      assertThat(everything()).isNotEqualTo(before).hasSize(before.size() + 2);
    }
  }
}
