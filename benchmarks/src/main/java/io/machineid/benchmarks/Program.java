package io.machineid.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
  Duration run(Path directory) throws IOException, InterruptedException {
    Path log = directory.resolve("log");
    ProcessBuilder builder = new ProcessBuilder(arguments(directory));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Path roots = directory.resolve(Setting.ROOTS);
    if (Files.exists(roots)) {
      builder.environment().put("SSL_CERT_FILE", roots.toString());
    }
    long begin = System.nanoTime();
    int code = builder.start().waitFor();
    Duration taken = Duration.ofNanos(System.nanoTime() - begin);
    Path kubeconfig = directory.resolve(Setting.OUTPUT).resolve("kubeconfig.yaml");
    if (code != 0 || !Files.exists(kubeconfig)) {
      throw new IOException(
          "%s ended with %d and %s a kubeconfig:%n%s"
              .formatted(
                  name,
                  code,
                  Files.exists(kubeconfig) ? "with" : "without",
                  Files.readString(log)));
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
