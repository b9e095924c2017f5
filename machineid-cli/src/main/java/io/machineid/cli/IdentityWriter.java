package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.ConfigException;
import io.machineid.CredentialRequest;
import io.machineid.IdentityOutput;
import io.machineid.LiveCredential;
import io.machineid.config.OutputConfig;
import io.machineid.destination.Destination;
import io.machineid.destination.DirectoryDestination;
import java.nio.file.Path;
import java.util.Optional;

/** {@code type: identity}. */
final class IdentityWriter implements OutputWriter {

  /** What OpenSSH calls to get through the proxy: machineid does not speak SSH. */
  private static final String SSH_PROXY_PROGRAM = "tbot";

  private final OutputConfig.Identity config;
  private final Destination destination;

  IdentityWriter(OutputConfig.Identity config, Destination destination) {
    this.config = config;
    this.destination = destination;
  }

  @Override
  public String describe() {
    return "identity in " + destination.describe();
  }

  @Override
  public void prepare() {
    destination.prepare();
  }

  private CredentialRequest request() {
    CredentialRequest general =
        Lifetimes.of(
            CredentialRequest.forRoles(config.roles().toArray(String[]::new)), config.lifetime());
    CredentialRequest routed = config.cluster().map(general::routedTo).orElse(general);
    return config.allowReissue() ? routed.allowingReissue() : routed;
  }

  @Override
  public boolean asks(CredentialRequest request) {
    return request.equals(request());
  }

  /** The bot's own cluster may be named, as for tbot; which that is, only the cluster tells. */
  @Override
  public void check(Bot bot) {
    String own = bot.identity().clusterName();
    Optional<String> other = config.cluster().filter(name -> !name.equals(own));
    if (other.isPresent() && directory().isPresent()) {
      throw new ConfigException(
          "%s: this version of machineid does not write an `ssh_config` for hosts of the leaf cluster %s; set `ssh_config: off`, or remove `cluster` for the bot's own cluster %s"
              .formatted(describe(), other.get(), own),
          null);
    }
  }

  @Override
  public Open open(Bot bot) {
    check(bot);
    LiveCredential issued = bot.credential(request());
    return new CredentialWriter(describe()) {
      @Override
      LiveCredential credential() {
        return issued;
      }

      @Override
      void writeFiles() {
        output(bot, issued).write(destination);
      }

      @Override
      public void close() {
        issued.close();
      }
    };
  }

  /** Where the files for OpenSSH are to be, if anywhere. */
  private Optional<Path> directory() {
    return config.sshConfig() && destination instanceof DirectoryDestination directory
        ? Optional.of(directory.path())
        : Optional.empty();
  }

  private IdentityOutput output(Bot bot, LiveCredential credential) {
    IdentityOutput output = IdentityOutput.of(bot, credential);
    return directory()
        .map(directory -> output.withOpenSsh(directory, SSH_PROXY_PROGRAM))
        .orElse(output);
  }
}
