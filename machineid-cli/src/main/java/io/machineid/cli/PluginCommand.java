package io.machineid.cli;

import io.machineid.kubernetes.ExecPlugin;
import java.io.File;
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

  private PluginCommand() {}

  static ExecPlugin forDirectory(Path directory) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java").toAbsolutePath();
    List<String> args = new ArrayList<>(FAST_START);
    args.add("-cp");
    args.add(absolute(System.getProperty("java.class.path", "")));
    args.add(Main.class.getName());
    args.add("kube");
    args.add("credentials");
    args.add("--destination-dir=" + directory);
    return new ExecPlugin(java.toString(), args, ExecPlugin.V1BETA1);
  }

  private static String absolute(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().normalize().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
