package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.config.OutputConfig;
import io.machineid.destination.Destination;
import io.machineid.destination.DirectoryDestination;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.kubernetes.KubernetesOutput;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** One output of the configuration and where it goes. */
final class OutputWriter {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  private final OutputConfig.Kubernetes config;
  private final Destination destination;

  OutputWriter(OutputConfig config) {
    this.config = Served.output(config);
    this.destination = Served.open(this.config.destination());
  }

  String describe() {
    return config.name().map(name -> name + ": ").orElse("")
        + "Kubernetes cluster "
        + config.kubernetesCluster()
        + " in "
        + destination.describe();
  }

  /** Before the bot joins: a token is not spent on a directory that cannot be written. */
  void prepare() {
    destination.prepare();
  }

  /** Gets a credential; blocks. */
  KubernetesAccess open(Bot bot) {
    return KubernetesAccess.to(
        bot, config.kubernetesCluster(), config.roles().toArray(String[]::new));
  }

  /** Writes the files of the current credential; blocks. */
  void write(Bot bot, KubernetesAccess access) {
    KubernetesOutput output = KubernetesOutput.of(bot, access);
    if (!config.disableExecPlugin() && destination instanceof DirectoryDestination directory) {
      output = output.withExecPlugin(PluginCommand.forDirectory(directory.path()));
    }
    output.write(destination);
    LOG.log(
        Level.INFO,
        "wrote {0}, valid until {1}",
        describe(),
        access.credential().current().notAfter());
  }
}
