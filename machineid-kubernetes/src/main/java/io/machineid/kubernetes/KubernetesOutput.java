package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.CertificateAuthorities;
import io.machineid.ClosedException;
import io.machineid.ConnectionException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.DestinationException;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.internal.output.CredentialFiles;
import java.util.Objects;
import java.util.Optional;

/**
 * The files that {@code tbot} writes for a Kubernetes cluster, for programs that read files: {@code
 * kubeconfig.yaml}, {@code identity}, the key and certificates one by one, and the cluster's
 * authorities.
 *
 * <p>Each call renders the current credential: write again after each rotation, see {@link
 * io.machineid.LiveCredential#onRotation}. Immutable and thread-safe.
 */
public final class KubernetesOutput {

  private final Bot bot;
  private final KubernetesAccess access;
  private final Optional<ExecPlugin> plugin;

  private KubernetesOutput(Bot bot, KubernetesAccess access, Optional<ExecPlugin> plugin) {
    this.bot = bot;
    this.access = access;
    this.plugin = plugin;
  }

  /**
   * Files whose kubeconfig holds the credential itself.
   *
   * @param bot the bot that made the access
   * @param access the cluster
   * @return the output
   */
  public static KubernetesOutput of(Bot bot, KubernetesAccess access) {
    return new KubernetesOutput(
        Objects.requireNonNull(bot, "bot"),
        Objects.requireNonNull(access, "access"),
        Optional.empty());
  }

  /**
   * The same files, with a kubeconfig that asks a program for the credential.
   *
   * @param execPlugin the program; it finds the credential in the file {@code identity}
   * @return the output
   */
  public KubernetesOutput withExecPlugin(ExecPlugin execPlugin) {
    return new KubernetesOutput(
        bot, access, Optional.of(Objects.requireNonNull(execPlugin, "execPlugin")));
  }

  /**
   * The files as of now; {@code identity} and then {@code kubeconfig.yaml} are the last. Blocks to
   * ask for the authorities, once after each renewal of the bot's identity.
   *
   * @return nine files, with the private key in some
   * @throws CredentialException when the cluster refuses
   * @throws ConnectionException when the cluster cannot be reached
   * @throws ClosedException after the bot was closed
   */
  public FileSet files() {
    Credential credential = access.credential().current();
    String teleportCluster = bot.identity().clusterName();
    Kubeconfig holding =
        Kubeconfig.of(
            access.teleportCluster(), access.cluster().name(), access.endpoint(), credential);
    Kubeconfig kubeconfig = plugin.map(holding::withExecPlugin).orElse(holding);
    return files(teleportCluster, credential, bot.certificateAuthorities(), kubeconfig);
  }

  /**
   * Writes {@link #files()}.
   *
   * @param destination where to; prepared already
   * @throws CredentialException when the cluster refuses
   * @throws ConnectionException when the cluster cannot be reached
   * @throws DestinationException when the files cannot be written; the old ones are still there
   * @throws ClosedException after the bot was closed
   */
  public void write(Destination destination) {
    destination.write(files());
  }

  static FileSet files(
      String teleportCluster,
      Credential credential,
      CertificateAuthorities authorities,
      Kubeconfig kubeconfig) {
    return CredentialFiles.parts(credential, authorities)
        .addText("identity", CredentialFiles.identity(teleportCluster, credential))
        .addText("kubeconfig.yaml", kubeconfig.toYaml())
        .build();
  }
}
