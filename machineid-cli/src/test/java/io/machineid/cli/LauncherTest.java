package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher starts Java with. The build runs it with a real one when the jar is packed. */
class LauncherTest {

  private static final List<String> QUIET = List.of("-Xlog:disable");
  private static final List<String> BRIEF =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:CICompilerCount=1");

  @TempDir Path temporary;
  private String options = "";
  private Path home;
  private Path java;
  private Path launcher;

  @BeforeEach
  void install() throws IOException {
    temporary = temporary.toRealPath();
    home = Files.createDirectories(temporary.resolve("a place"));
    launcher = Files.copy(Path.of("src/main/launcher/machineid"), home.resolve("machineid"));
    executable(launcher);
    java = Files.createDirectories(temporary.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    executable(java);
    release("17.0.19");
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void release(String version) throws IOException {
    Files.writeString(
        temporary.resolve("jdk/release"), "IMPLEMENTOR=x\nJAVA_VERSION=\"" + version + "\"\n");
  }

  private List<String> run(Path program, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", temporary.resolve("jdk").toString());
    builder.environment().put("MACHINEID_JAVA_OPTS", options);
    Process process = builder.start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as(lines.toString()).isZero();
    return lines;
  }

  private List<String> with(List<String> options, String... args) {
    List<String> all = new ArrayList<>(QUIET);
    all.addAll(options);
    all.addAll(List.of("-jar", home + "/machineid.jar"));
    all.addAll(List.of(args));
    return all;
  }

  @Test
  void brief_isWhatEndsSoon() throws Exception {
    assertThat(run(launcher, "version")).isEqualTo(with(BRIEF, "version"));
    assertThat(run(launcher, "start", "-c", "a b.yaml", "--oneshot"))
        .isEqualTo(with(BRIEF, "start", "-c", "a b.yaml", "--oneshot"));
    assertThat(run(launcher, "start", "-c", "x")).isEqualTo(with(List.of(), "start", "-c", "x"));
    assertThat(run(launcher)).isEqualTo(with(BRIEF));
  }

  @Test
  void options_thatChooseTheCompilers_haveAsManyThreadsAsTheyWant() throws Exception {
    options = "-XX:TieredStopAtLevel=4 -Xmx64m";

    assertThat(run(launcher, "version"))
        .isEqualTo(
            with(
                List.of(
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=4",
                    "-Xmx64m"),
                "version"));
  }

  @Test
  void archive_isTheOneForTheRuntime() throws Exception {
    Files.createFile(home.resolve("machineid.jsa"));
    List<String> archive =
        List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + home + "/machineid.jsa");
    assertThat(run(launcher, "start")).isEqualTo(with(archive, "start"));

    Files.createFile(home.resolve("machineid.aot"));
    assertThat(run(launcher, "start")).isEqualTo(with(archive, "start"));

    release("25.0.1");
    assertThat(run(launcher, "start"))
        .isEqualTo(with(List.of("-XX:AOTCache=" + home + "/machineid.aot"), "start"));
  }

  @Test
  void links_areFollowed() throws Exception {
    Path bin = Files.createDirectories(temporary.resolve("bin"));
    Path absolute = Files.createSymbolicLink(bin.resolve("absolute"), launcher);
    Path relative = Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));

    assertThat(run(relative, "start")).isEqualTo(with(List.of(), "start"));
    assertThat(run(absolute, "start")).isEqualTo(with(List.of(), "start"));
  }
}
