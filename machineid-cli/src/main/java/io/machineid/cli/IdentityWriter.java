package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.CredentialRequest;
import io.machineid.IdentityOutput;
import io.machineid.LiveCredential;
import io.machineid.config.OutputConfig;
import io.machineid.destination.Destination;
import io.machineid.destination.DirectoryDestination;

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

  @Override
  public Open open(Bot bot) {
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

  private IdentityOutput output(Bot bot, LiveCredential credential) {
    IdentityOutput output = IdentityOutput.of(bot, credential);
    return config.sshConfig() && destination instanceof DirectoryDestination directory
        ? output.withOpenSsh(directory.path(), SSH_PROXY_PROGRAM)
        : output;
  }
}
