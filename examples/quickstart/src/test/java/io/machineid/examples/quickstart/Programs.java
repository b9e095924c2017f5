package io.machineid.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts programs as a person would, each with its output in a file. */
final class Programs {

  /** Only what fails takes so long; a busy machine needs a while to start Java. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path logs;
  private final Map<String, String> environment;

  /**
   * Prepares.
   *
   * @param logs where outputs go, an existing directory
   * @param environment what to set besides the environment of this process
   */
  Programs(Path logs, Map<String, String> environment) {
    this.logs = logs;
    this.environment = environment;
  }

  /** A program that runs. */
  record Running(List<String> command, Process process, Path log) implements AutoCloseable {

    String output() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Waits until it has said something. */
    void awaitOutput(String text) {
      await().atMost(PATIENCE).until(() -> output().contains(text) || !process.isAlive());
      assertThat(output()).as("%s", command).contains(text);
    }

    /** Waits for its end, which has to be a good one, and returns what it said. */
    String end() throws InterruptedException {
      boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended).as("%s has ended; it said: %s", command, output()).isTrue();
      assertThat(process.exitValue()).as("%s said: %s", command, output()).isZero();
      return output();
    }

    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  Running start(String... command) throws IOException {
    Path log = Files.createTempFile(logs, "program", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new Running(List.of(command), process, log);
  }

  /** A class of ours, in a Java of its own. */
  Running java(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return start(command.toArray(String[]::new));
  }

  static boolean onPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
