package io.machineid.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Whole processes beside each other, from their start to their end with a kubeconfig written: our
 * command line, the same with further JVM options, and {@code tbot}. They run in turn, so that what
 * else the machine does hits all alike; what is worth reading is the ratio.
 */
@Command(
    name = "ColdStart",
    mixinStandardHelpOptions = true,
    description = "Times `start --oneshot` of programs with tbot's command line.")
public final class ColdStart implements Callable<Integer> {

  @Option(names = "--launcher", description = "Our launcher. Default: ${DEFAULT-VALUE}")
  private Path launcher = Path.of("machineid-cli/target/machineid");

  @Option(names = "--jar", description = "Our command line. Default: ${DEFAULT-VALUE}")
  private Path jar = Path.of("machineid-cli/target/machineid.jar");

  @Option(
      names = "--outputs",
      split = ",",
      description = "How many outputs; several numbers make several tables. Default: 1")
  private List<Integer> outputs = List.of(1);

  @Option(
      names = "--java-option",
      description = "Also run ours with this JVM option; may be given several times.")
  private List<String> javaOptions = List.of();

  @Option(names = "--tbot", description = "Also run this tbot.")
  private @Nullable Path tbot;

  @Option(names = "--runs", description = "Measured runs of each. Default: ${DEFAULT-VALUE}")
  private int runs = 10;

  @Option(
      names = "--prepare",
      paramLabel = "PROGRAM",
      description = {
        "Is called with a directory and a number before each run, and writes tbot.yaml there, with an",
        "unused token and that many Kubernetes outputs to DIRECTORY/machine-id/1, /2 and so on; and",
        "web-ca.crt where one is needed.",
        "Default: a fake cluster."
      })
  private @Nullable Path prepare;

  private ColdStart() {}

  /**
   * Runs it.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ColdStart()).execute(args));
  }

  /** A program's measured runs. */
  private record Measured(Program program, List<Duration> times) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (Setting setting = prepare == null ? Setting.fake() : Setting.by(prepare)) {
      for (int count : outputs) {
        System.out.printf("outputs: %d%n", count);
        print(measure(setting, count));
      }
    }
    return 0;
  }

  private List<Measured> measure(Setting setting, int count)
      throws IOException, InterruptedException {
    List<Measured> table =
        programs().stream().map(program -> new Measured(program, new ArrayList<>())).toList();
    List<Measured> order = new ArrayList<>(table);
    for (Measured each : table) {
      once(setting, each.program(), count); // fills the machine's caches and does not count
    }
    for (int round = 0; round < runs; round++) {
      for (Measured each : order) {
        each.times().add(once(setting, each.program(), count));
      }
      Collections.rotate(order, 1);
    }
    return table;
  }

  private List<Program> programs() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<Program> programs = new ArrayList<>();
    programs.add(new Program("machineid", List.of(launcher.toAbsolutePath().toString())));
    programs.add(new Program("java -jar machineid.jar", List.of(java, "-jar", jar.toString())));
    if (!javaOptions.isEmpty()) {
      List<String> command = new ArrayList<>(List.of(java));
      command.addAll(javaOptions);
      command.addAll(List.of("-jar", jar.toString()));
      programs.add(new Program("java " + String.join(" ", javaOptions), command));
    }
    if (tbot != null) {
      programs.add(new Program("tbot", List.of(tbot.toString())));
    }
    return programs;
  }

  private static Duration once(Setting setting, Program program, int count)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("machineid-cold-start");
    try {
      setting.prepare(directory, count);
      return program.run(directory, count);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.map(Path::toFile).sorted(Collections.reverseOrder()).forEach(File::delete);
    }
  }

  private static void print(List<Measured> table) {
    double reference = millis(sorted(table.get(0)).get(table.get(0).times().size() / 2));
    System.out.printf("%10s %10s %10s %8s  program%n", "median ms", "least", "most", "ratio");
    for (Measured each : table) {
      List<Duration> sorted = sorted(each);
      double median = millis(sorted.get(sorted.size() / 2));
      System.out.printf(
          "%10.0f %10.0f %10.0f %8.2f  %s%n",
          median,
          millis(sorted.get(0)),
          millis(sorted.get(sorted.size() - 1)),
          median / reference,
          each.program().name());
    }
  }

  private static List<Duration> sorted(Measured measured) {
    return measured.times().stream().sorted().toList();
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
