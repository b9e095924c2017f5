package io.machineid.cli;

import io.machineid.ConfigException;
import io.machineid.config.BotEnvironment;
import io.machineid.config.ConfigOverrides;
import io.machineid.config.LoadedConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code machineid configure}: prints a configuration file that says what the flags say. */
@Command(
    name = "configure",
    description = {
      "Print a configuration file with what the flags say, over a given one or alone.",
      "It holds the join token. Nothing is joined, and no directory is looked at."
    })
final class ConfigureCommand extends Subcommand implements Callable<Integer> {

  private static final String KUBERNETES = "kubernetes";
  private static final String KUBERNETES_V2 = "kubernetes/v2";
  private static final String IDENTITY = "identity";

  private final Surroundings surroundings;

  @Mixin ConfigFlags flags = new ConfigFlags();

  @Parameters(
      arity = "0..1",
      paramLabel = "TYPE",
      description = "An output to add: kubernetes, kubernetes/v2 or identity.")
  @Nullable String type;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "A configuration to begin with.")
  @Nullable Path config;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write there instead of printing; the file must not exist yet.")
  @Nullable Path output;

  @Option(
      names = "--destination",
      paramLabel = "PLACE",
      description = "Where the output goes: a directory, file://DIRECTORY or memory://.")
  @Nullable String destination;

  @Option(
      names = "--kubernetes-cluster",
      paramLabel = "NAME",
      description = "The cluster of a kubernetes output.")
  @Nullable String kubernetesCluster;

  @Option(
      names = "--name-selector",
      paramLabel = "NAME",
      description = "A cluster of a kubernetes/v2 output; repeatable.")
  List<String> nameSelectors = new ArrayList<>();

  @Option(
      names = "--label-selector",
      paramLabel = "KEY=VALUE,…",
      description = "Labels of clusters of a kubernetes/v2 output; repeatable.")
  List<String> labelSelectors = new ArrayList<>();

  @Option(names = "--disable-exec-plugin", description = "Put the credentials into the kubeconfig.")
  boolean disableExecPlugin;

  ConfigureCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ConfigOverrides.Builder given = flags.overrides();
    addOutput(given);
    ConfigOverrides overrides =
        given.build().over(BotEnvironment.of(surroundings.environment()).overrides());
    LoadedConfig loaded = config == null ? overrides.alone(false) : overrides.load(config);
    String yaml = loaded.config().toYaml();
    if (output == null) {
      out().print(yaml);
      out().flush();
    } else {
      write(output, yaml);
    }
    return CommandLines.OK;
  }

  private void addOutput(ConfigOverrides.Builder into) {
    if (type == null) {
      refuse(destination != null, "--destination");
      refuse(kubernetesCluster != null, "--kubernetes-cluster");
      refuse(!nameSelectors.isEmpty(), "--name-selector");
      refuse(!labelSelectors.isEmpty(), "--label-selector");
      refuse(disableExecPlugin, "--disable-exec-plugin");
      return;
    }
    String wanted = type.equals("k8s/v2") ? KUBERNETES_V2 : type;
    if (!List.of(KUBERNETES, KUBERNETES_V2, IDENTITY).contains(wanted)) {
      throw usage(
          "`" + type + "` is no output to add; allowed: kubernetes, kubernetes/v2, identity");
    }
    refuse(!wanted.equals(KUBERNETES) && kubernetesCluster != null, "--kubernetes-cluster");
    refuse(!wanted.equals(KUBERNETES_V2) && !nameSelectors.isEmpty(), "--name-selector");
    refuse(!wanted.equals(KUBERNETES_V2) && !labelSelectors.isEmpty(), "--label-selector");
    refuse(wanted.equals(IDENTITY) && disableExecPlugin, "--disable-exec-plugin");
    String place = required(destination, "--destination");
    switch (wanted) {
      case KUBERNETES ->
          into.kubernetesOutput(
              required(kubernetesCluster, "--kubernetes-cluster"), place, disableExecPlugin);
      case KUBERNETES_V2 ->
          into.kubernetesV2Output(nameSelectors, labelSelectors, place, disableExecPlugin);
      default -> into.identityOutput(place);
    }
  }

  private void refuse(boolean given, String flag) {
    if (given) {
      throw usage(
          flag
              + (type == null
                  ? " belongs to an output; name its type after `configure`"
                  : " does not belong to an output of the type " + type));
    }
  }

  private String required(@Nullable String value, String flag) {
    if (value == null) {
      throw usage("an output of the type " + type + " needs " + flag);
    }
    return value;
  }

  /** The file holds the token: nobody else may read it, and none is overwritten. */
  private static void write(Path file, String yaml) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] mode =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      Files.createFile(file, mode);
      Files.writeString(file, yaml, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new ConfigException(file + ": exists already; name another file, or remove it", e);
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be written: " + e, e);
    }
  }
}
