package io.machineid;

import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.internal.output.CredentialFiles;
import io.machineid.internal.output.OpenSshFiles;
import io.machineid.internal.transport.HostPort;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The files that {@code tbot} writes for an output of type {@code identity}, for programs that read
 * files: {@code identity}, the key and certificates one by one, and the cluster's authorities; on
 * request also what OpenSSH needs.
 *
 * <p>Each call renders the current credential: write again after each rotation, see {@link
 * LiveCredential#onRotation}. Immutable and thread-safe.
 */
public final class IdentityOutput {

  /** What {@code ssh_config} depends on. */
  private record OpenSsh(Path directory, String proxyProgram) {}

  private final Bot bot;
  private final LiveCredential credential;
  private final Optional<OpenSsh> openSsh;

  private IdentityOutput(Bot bot, LiveCredential credential, Optional<OpenSsh> openSsh) {
    this.bot = bot;
    this.credential = credential;
    this.openSsh = openSsh;
  }

  /**
   * Files of a credential.
   *
   * @param bot the bot that issued it
   * @param credential the credential; get it with {@link Bot#credential}
   * @return the output
   */
  public static IdentityOutput of(Bot bot, LiveCredential credential) {
    return new IdentityOutput(
        Objects.requireNonNull(bot, "bot"),
        Objects.requireNonNull(credential, "credential"),
        Optional.empty());
  }

  /**
   * The same files, and {@code ssh_config} and {@code known_hosts}.
   *
   * @param directory where the files will be; the configuration names them by absolute path
   * @param proxyProgram the program that OpenSSH calls to get through the proxy; it takes the
   *     arguments of {@code tbot}: {@code proxy --destination-dir=… --proxy=… ssh --cluster=… …}
   * @return the output
   */
  public IdentityOutput withOpenSsh(Path directory, String proxyProgram) {
    return new IdentityOutput(
        bot,
        credential,
        Optional.of(
            new OpenSsh(
                directory.toAbsolutePath().normalize(),
                Objects.requireNonNull(proxyProgram, "proxyProgram"))));
  }

  /**
   * The files as of now; {@code identity} is the last. Blocks to ask for the authorities, once
   * after each renewal of the bot's identity.
   *
   * @return eight files, or ten with those for OpenSSH; the private key is in two
   * @throws CredentialException when the cluster refuses
   * @throws ConnectionException when the cluster cannot be reached
   * @throws ConfigException when {@code ssh_config} cannot name the directory
   * @throws ClosedException after the bot was closed
   */
  public FileSet files() {
    Credential current = credential.current();
    String cluster = bot.identity().clusterName();
    FileSet.Builder files = CredentialFiles.parts(current, bot.certificateAuthorities());
    openSsh.ifPresent(
        wanted -> {
          HostPort proxy = HostPort.parse(bot.proxyAddress());
          OpenSshFiles openSshFiles =
              new OpenSshFiles(
                  wanted.directory(),
                  wanted.proxyProgram(),
                  cluster,
                  proxy.host(),
                  proxy.toString());
          files
              .addText("known_hosts", openSshFiles.knownHosts(current))
              .addText("ssh_config", openSshFiles.config(current));
        });
    return files.addText("identity", CredentialFiles.identity(cluster, current)).build();
  }

  /**
   * Writes {@link #files()}.
   *
   * @param destination where to; prepared already
   * @throws CredentialException when the cluster refuses
   * @throws ConnectionException when the cluster cannot be reached
   * @throws DestinationException when the files cannot be written; the old ones are still there
   * @throws ConfigException when {@code ssh_config} cannot name the directory
   * @throws ClosedException after the bot was closed
   */
  public void write(Destination destination) {
    destination.write(files());
  }
}
