package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.config.CredentialLifetime;
import io.machineid.config.OutputConfig;
import io.machineid.destination.Destination;
import io.machineid.destination.DirectoryDestination;
import io.machineid.destination.FileSet;
import io.machineid.kubernetes.FleetOutput;
import io.machineid.kubernetes.KubernetesFleet;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** {@code type: kubernetes/v2}. */
final class KubernetesV2Writer extends FleetWriter {

  private final OutputConfig.KubernetesV2 config;
  private final Destination destination;

  KubernetesV2Writer(
      OutputConfig.KubernetesV2 config, CredentialLifetime general, Destination destination) {
    super(
        new Clusters(
            config.selectors(),
            config.contextNameTemplate(),
            config.lifetime(),
            config.relayServer()),
        general);
    this.config = config;
    this.destination = destination;
  }

  @Override
  public String describe() {
    return "Kubernetes clusters in " + destination.describe();
  }

  @Override
  public void prepare() {
    destination.prepare();
  }

  @Override
  Writing writing(Bot bot, KubernetesFleet fleet, FleetOutput output) {
    FleetOutput wanted =
        !config.disableExecPlugin() && destination instanceof DirectoryDestination directory
            ? asking(output, directory.path())
            : output;
    return new ChangedFiles(wanted, destination);
  }

  private static FleetOutput asking(FleetOutput output, Path directory) {
    return output.withExecPlugins(
        PluginCommand.forDirectory(directory),
        cluster -> PluginCommand.forCluster(directory, cluster));
  }

  /** Writes when the files are others than those that were written last. */
  private static final class ChangedFiles implements Writing {

    private final FleetOutput output;
    private final Destination destination;
    private @Nullable FileSet written;

    ChangedFiles(FleetOutput output, Destination destination) {
      this.output = output;
      this.destination = destination;
    }

    @Override
    public boolean write() {
      FileSet files = output.files();
      FileSet last = written;
      if (last != null && last.sameAs(files)) {
        return false;
      }
      FleetOutput.write(files, destination);
      written = files;
      return true;
    }
  }
}
