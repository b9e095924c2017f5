package io.machineid.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A program with the command line of {@code tbot}.
 *
 * @param name for the table
 * @param command what comes before {@code start}
 */
record Program(String name, List<String> command) {

  /** Copies. */
  Program {
    command = List.copyOf(command);
  }

  /** Runs once to its end, and returns how long that took from before its start on. */
  Duration run(Path directory, int outputs) throws IOException, InterruptedException {
    Path log = directory.resolve("log");
    ProcessBuilder builder = new ProcessBuilder(arguments(directory));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Path roots = directory.resolve(Setting.ROOTS);
    if (Files.exists(roots)) {
      builder.environment().put("SSL_CERT_FILE", roots.toString());
    }
    long begin = System.nanoTime();
    int code = builder.start().waitFor();
    Duration taken = Duration.ofNanos(System.nanoTime() - begin);
    long written =
        IntStream.rangeClosed(1, outputs)
            .mapToObj(i -> directory.resolve(Setting.OUTPUT).resolve(i + "/kubeconfig.yaml"))
            .filter(Files::exists)
            .count();
    if (code != 0 || written < outputs) {
      throw new IOException(
          "%s ended with %d and wrote %d of %d kubeconfigs:%n%s"
              .formatted(name, code, written, outputs, Files.readString(log)));
    }
    return taken;
  }

  private List<String> arguments(Path directory) {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(
        List.of("start", "-c", directory.resolve(Setting.CONFIGURATION).toString(), "--oneshot"));
    return arguments;
  }
}
