package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.CredentialRequest;
import io.machineid.LiveCredential;
import io.machineid.config.OutputConfig;
import io.machineid.destination.Destination;
import io.machineid.destination.DirectoryDestination;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.kubernetes.KubernetesOutput;

/** {@code type: kubernetes}. */
final class KubernetesWriter implements OutputWriter {

  private final OutputConfig.Kubernetes config;
  private final Destination destination;

  KubernetesWriter(OutputConfig.Kubernetes config, Destination destination) {
    this.config = config;
    this.destination = destination;
  }

  @Override
  public String describe() {
    return "Kubernetes cluster " + config.kubernetesCluster() + " in " + destination.describe();
  }

  @Override
  public void prepare() {
    destination.prepare();
  }

  private CredentialRequest request() {
    return Lifetimes.of(
        CredentialRequest.kubernetes(
            config.kubernetesCluster(), config.roles().toArray(String[]::new)),
        config.lifetime());
  }

  @Override
  public boolean asks(CredentialRequest request) {
    return request.equals(request());
  }

  @Override
  public Open open(Bot bot) {
    KubernetesAccess access = KubernetesAccess.to(bot, request());
    return new CredentialWriter(describe()) {
      @Override
      LiveCredential credential() {
        return access.credential();
      }

      @Override
      void writeFiles() {
        output(bot, access).write(destination);
      }

      @Override
      public void close() {
        access.close();
      }
    };
  }

  private KubernetesOutput output(Bot bot, KubernetesAccess access) {
    KubernetesOutput output = KubernetesOutput.of(bot, access);
    return !config.disableExecPlugin() && destination instanceof DirectoryDestination directory
        ? output.withExecPlugin(PluginCommand.forDirectory(directory.path()))
        : output;
  }
}
