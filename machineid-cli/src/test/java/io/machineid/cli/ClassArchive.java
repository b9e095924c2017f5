package io.machineid.cli;

import io.machineid.testkit.TestCluster;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Run by the build when the jar is packed: makes the class archive of this Java runtime by a start
 * against a fake cluster, and then checks that the launcher works with it and without. A runtime
 * that cannot make an archive is no fault.
 */
final class ClassArchive {

  private static final long LONGEST_RUN_SECONDS = 60;
  private static final int FIRST_WITH_CACHE = 25;

  private final Path build;
  private final Path scratch;

  private ClassArchive(Path build, Path scratch) {
    this.build = build;
    this.scratch = scratch;
  }

  /** Takes the directory where machineid.jar and the launcher are. */
  public static void main(String[] args) throws Exception {
    Path scratch = Files.createTempDirectory("machineid-archive");
    try {
      ClassArchive archive = new ClassArchive(Path.of(args[0]).toAbsolutePath(), scratch);
      archive.train();
      archive.check();
    } finally {
      delete(scratch);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.map(Path::toFile).sorted(Collections.reverseOrder()).forEach(File::delete);
    }
  }

  private void train() throws Exception {
    Files.deleteIfExists(build.resolve("machineid.jsa"));
    Files.deleteIfExists(build.resolve("machineid.aot"));
    boolean cache = Runtime.version().feature() >= FIRST_WITH_CACHE;
    Path archive = build.resolve(cache ? "machineid.aot" : "machineid.jsa");
    String option = (cache ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive;
    try (TestCluster cluster = TestCluster.start()) {
      cluster.createFullAccessRole("example-role");
      cluster.addKubernetesCluster("example-k8s-cluster", Map.of());
      Files.writeString(scratch.resolve("web-ca.crt"), cluster.webAuthorityPem());
      Path config = Files.writeString(scratch.resolve("tbot.yaml"), config(cluster));
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of(option, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
      command.addAll(List.of("-jar", build.resolve("machineid.jar").toString()));
      command.addAll(List.of("start", "--oneshot", "-c", config.toString()));
      int code = run(command, scratch.resolve("training.log"));
      if (!Files.exists(archive)) {
        System.out.println("this Java runtime makes no class archive: code " + code);
        System.out.println(Files.readString(scratch.resolve("training.log")));
      }
    }
  }

  private String config(TestCluster cluster) {
    String outputs =
        Stream.of("", ", disable_exec_plugin: true")
            .map(
                more ->
                    "- {type: kubernetes, kubernetes_cluster: example-k8s-cluster%s, destination: {type: directory, path: %s/out%d}}%n"
                        .formatted(more, scratch, more.length()))
            .reduce("", String::concat);
    return """
        version: v2
        proxy_server: %s
        onboarding: {join_method: token, token: "%s"}
        storage: {type: directory, path: %s/bot}
        outputs:
        """
            .formatted(
                cluster.proxyAddress(), cluster.addBot("example", "example-role").token(), scratch)
        + outputs;
  }

  private int run(List<String> command, Path log) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SSL_CERT_FILE", scratch.resolve("web-ca.crt").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Process process = builder.start();
    try {
      return process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } finally {
      process.destroyForcibly();
    }
  }

  private void check() throws IOException, InterruptedException {
    if (File.separatorChar == '\\') {
      return; // the launcher is for Unix
    }
    expectVersion(build.resolve("machineid"));
    Path bare = Files.createDirectory(scratch.resolve("without an archive"));
    for (String name : List.of("machineid", "machineid.jar")) {
      Files.copy(build.resolve(name), bare.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }
    expectVersion(bare.resolve("machineid"));
    // Archives that fit nothing, and are none.
    Files.writeString(bare.resolve("machineid.jsa"), "no archive");
    expectVersion(bare.resolve("machineid"));
    Files.writeString(bare.resolve("machineid.aot"), "no cache");
    expectVersion(bare.resolve("machineid"));
  }

  private void expectVersion(Path launcher) throws IOException, InterruptedException {
    Path log = scratch.resolve("launcher.log");
    int code = run(List.of(launcher.toString(), "version"), log);
    List<String> lines = Files.readAllLines(log);
    if (code != 0 || lines.size() != 1 || !lines.get(0).startsWith("machineid ")) {
      throw new IllegalStateException(launcher + " ended with " + code + " and printed " + lines);
    }
  }
}
