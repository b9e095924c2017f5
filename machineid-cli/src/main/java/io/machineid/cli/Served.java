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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What a configuration may say and {@code start} does not do: refused before anything is done. The
 * only place that knows; whoever builds one of these removes its line here.
 */
final class Served {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  /** Why: the list is in {@code system.posix_acl_access}, and Java has {@code user.*} only. */
  static final String NO_ACLS =
      "the Java runtime cannot set POSIX access control lists, and no program is called for it";

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
    if (config.diagAddr().isPresent()) {
      throw refused("`diag_addr`", "remove it");
    }
    if (environment.useProxyAddress()) {
      throw refused("TBOT_USE_PROXY_ADDR", "unset it");
    }
    open(config.storage());
    config.outputs().forEach(Served::output);
    config.outputs().forEach(Served::warnOfReaders);
  }

  private static void warnOfReaders(OutputConfig output) {
    if (output instanceof OutputConfig.Placed placed
        && placed.destination() instanceof Directory directory
        && !directory.readers().isEmpty()) {
      LOG.log(
          Level.WARNING,
          "the `readers` of the directory {0} get no access: {1}",
          directory.path(),
          NO_ACLS);
    }
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
      if (directory.acls() == AclMode.REQUIRED) {
        throw refused(
            "`acls: required` of the directory " + directory.path(),
            NO_ACLS + ". Use `acls: try` or `acls: off`, and let the bot's user read");
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
        what + " is not served by this version of machineid; " + instead, null);
  }
}
