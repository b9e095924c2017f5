package io.machineid.cli;

import io.machineid.ConfigException;
import io.machineid.config.AclMode;
import io.machineid.config.BotConfig;
import io.machineid.config.BotEnvironment;
import io.machineid.config.DestinationConfig;
import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.Memory;
import io.machineid.config.OutputConfig;
import io.machineid.config.OutputConfig.Identity;
import io.machineid.config.OutputConfig.Kubernetes;
import io.machineid.config.ServerAddress;
import io.machineid.destination.Destination;

/**
 * What a configuration may say and {@code start} does not do: refused before anything is done. The
 * only place that knows; whoever builds one of these removes its line here.
 */
final class Served {

  private Served() {}

  static void check(BotConfig config, BotEnvironment environment) {
    config.onboarding().method();
    if (config.fips()) {
      throw refused("`fips: true`", "remove it, or use a FIPS build of tbot");
    }
    if (config.insecure() && config.server().kind() == ServerAddress.Kind.PROXY) {
      throw refused(
          "`insecure: true` with `proxy_server`",
          "the proxy's certificate is always verified; name a private CA in SSL_CERT_FILE");
    }
    if (environment.useProxyAddress()) {
      throw refused("TBOT_USE_PROXY_ADDR", "unset it");
    }
    open(config.storage());
    config.outputs().forEach(Served::output);
  }

  /** What writes the output. */
  static OutputWriter output(OutputConfig output) {
    if (output.lifetime().isPresent()) {
      throw refused(
          "`credential_ttl` and `renewal_interval` of an output",
          "set them at the top level, for all outputs");
    }
    if (output instanceof Kubernetes kubernetes) {
      return new KubernetesWriter(kubernetes, open(kubernetes.destination()));
    }
    if (output instanceof Identity identity) {
      return identity(identity);
    }
    throw refused(
        "`type: " + output.type() + "`", "`start` writes `type: kubernetes` and `type: identity`");
  }

  private static OutputWriter identity(Identity identity) {
    if (identity.cluster().isPresent()) {
      throw refused("`cluster` of an identity output", "remove it, for the bot's own cluster");
    }
    if (identity.allowReissue()) {
      throw refused("`allow_reissue: true` of an identity output", "remove it");
    }
    return new IdentityWriter(identity, open(identity.destination()));
  }

  static Destination open(DestinationConfig destination) {
    if (destination instanceof Directory directory) {
      if (directory.acls() == AclMode.REQUIRED || !directory.readers().isEmpty()) {
        throw refused(
            "`acls: required` and `readers` of the directory " + directory.path(),
            "only file modes are set");
      }
      return directory.open();
    }
    if (destination instanceof Memory memory) {
      return memory.open();
    }
    throw refused("`type: kubernetes_secret`", "use a directory, or memory");
  }

  private static ConfigException refused(String what, String instead) {
    return new ConfigException(
        "this version of machineid does not serve " + what + "; " + instead, null);
  }
}
