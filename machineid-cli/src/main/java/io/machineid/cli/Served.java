package io.machineid.cli;

import io.machineid.ConfigException;
import io.machineid.config.BotConfig;
import io.machineid.config.BotEnvironment;
import io.machineid.config.CredentialLifetime;
import io.machineid.config.DestinationConfig;
import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.KubernetesSecret;
import io.machineid.config.OutputConfig;
import io.machineid.config.OutputConfig.ArgoCd;
import io.machineid.config.OutputConfig.Identity;
import io.machineid.config.OutputConfig.Kubernetes;
import io.machineid.config.OutputConfig.KubernetesV2;
import io.machineid.config.ServerAddress;
import io.machineid.destination.Destination;
import io.machineid.kubernetes.ArgoCdOutput;
import io.machineid.kubernetes.ArgoCdSecrets;
import io.machineid.kubernetes.SecretClient;
import java.util.Map;

/**
 * What a configuration may say and {@code start} does not do: refused before anything is done. The
 * only place that knows; whoever builds one of these removes its line here.
 */
final class Served {

  private Served() {}

  static void check(BotConfig config, BotEnvironment environment) {
    if (config.fips()) {
      throw refused("`fips: true`", "remove it, or use a FIPS build of tbot");
    }
    if (config.insecure() && config.server().kind() == ServerAddress.Kind.PROXY) {
      throw refused(
          "`insecure: true` with `proxy_server`",
          "the proxy's certificate is always verified; name a private CA in SSL_CERT_FILE");
    }
    if (environment.useProxyAddress() && config.server().kind() != ServerAddress.Kind.PROXY) {
      throw refused("TBOT_USE_PROXY_ADDR with `auth_server`", "give the proxy as `proxy_server`");
    }
  }

  /**
   * What writes the output.
   *
   * @param lifetime where the output says nothing
   */
  static OutputWriter output(
      OutputConfig output, CredentialLifetime lifetime, Map<String, String> environment) {
    output
        .lifetime()
        .ifPresent(own -> Lifetimes.warn(own, "an output of `type: " + output.type() + "`: "));
    if (output instanceof KubernetesV2 fleet) {
      return new KubernetesV2Writer(fleet, lifetime, open(fleet.destination(), environment));
    }
    if (output instanceof ArgoCd argoCd) {
      return new ArgoCdWriter(argoCd, lifetime, secrets(argoCd, environment));
    }
    if (output instanceof Kubernetes kubernetes) {
      return new KubernetesWriter(kubernetes, open(kubernetes.destination(), environment));
    }
    if (output instanceof Identity identity) {
      return new IdentityWriter(identity, open(identity.destination(), environment));
    }
    throw new IllegalStateException("checked, but not written: " + output.type());
  }

  private static ArgoCdSecrets secrets(ArgoCd config, Map<String, String> environment) {
    BotEnvironment known = BotEnvironment.of(environment);
    String namespace = config.secretNamespace().or(known::podNamespace).orElse("default");
    return SecretClient.argoCd(
        new ArgoCdOutput(config, namespace, VersionCommand.version()),
        known.kubeconfig(),
        environment);
  }

  static Destination open(DestinationConfig destination, Map<String, String> environment) {
    if (destination instanceof Directory directory) {
      return directory.open();
    }
    if (destination instanceof KubernetesSecret secret) {
      return open(secret, environment);
    }
    return Destination.memory();
  }

  private static Destination open(KubernetesSecret secret, Map<String, String> environment) {
    BotEnvironment known = BotEnvironment.of(environment);
    String namespace =
        secret
            .namespace()
            .or(known::podNamespace)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "the Kubernetes secret %s has no namespace: set `namespace` of the destination, or POD_NAMESPACE"
                            .formatted(secret.name()),
                        null));
    return SecretClient.destination(
        namespace,
        secret.name(),
        secret.labels(),
        secret.kubeconfigPath().or(known::kubeconfig),
        secret.kubeconfigContext(),
        environment);
  }

  private static ConfigException refused(String what, String instead) {
    return new ConfigException(
        "this version of machineid does not serve " + what + "; " + instead, null);
  }
}
