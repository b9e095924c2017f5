package io.machineid.cli;

import io.machineid.kubernetes.ExecPlugin;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How kubectl starts this very program again: the same Java, the same class path. The main class is
 * named, since the jar may be one that starts something else.
 */
final class PluginCommand {

  /** kubectl waits for each start: no time is spent on compiling well. */
  private static final List<String> FAST_START =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private static final int FIRST_WITH_CACHE = 24;

  private PluginCommand() {}

  /** For a cluster whose credential is one of several in the directory. */
  static ExecPlugin forCluster(Path directory, String cluster) {
    ExecPlugin common = forDirectory(directory);
    List<String> args = new ArrayList<>(common.args());
    args.add(KubeCredentialsCommand.CLUSTER_OPTION + "=" + cluster);
    return new ExecPlugin(common.command(), args, common.apiVersion());
  }

  static ExecPlugin forDirectory(Path directory) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java").toAbsolutePath();
    List<String> args = new ArrayList<>(FAST_START);
    String classPath = absolute(System.getProperty("java.class.path", ""));
    args.addAll(archive(Path.of(classPath), Runtime.version().feature()));
    args.add("-cp");
    args.add(classPath);
    args.add(Main.class.getName());
    args.add("kube");
    args.add("credentials");
    args.add("--destination-dir=" + directory);
    return new ExecPlugin(java.toString(), args, ExecPlugin.V1BETA1);
  }

  /**
   * What the build put beside the jar. One that does not fit is of no consequence, or of a word.
   */
  static List<String> archive(Path jar, int release) {
    boolean cache = release >= FIRST_WITH_CACHE;
    Path archive = jar.resolveSibling(cache ? "machineid.aot" : "machineid.jsa");
    if (!Files.isRegularFile(archive)) {
      return List.of();
    }
    String option = (cache ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive;
    return List.of("-Xlog:disable", option);
  }

  private static String absolute(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().normalize().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
