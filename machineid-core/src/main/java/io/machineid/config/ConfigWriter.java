package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.KubernetesSecret;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From a {@link BotConfig} to YAML. */
final class ConfigWriter {

  private ConfigWriter() {}

  static String write(BotConfig config) {
    boolean proxy = config.server().kind() == ServerAddress.Kind.PROXY;
    Tree tree =
        new Tree()
            .put("version", "v2")
            .put(proxy ? "proxy_server" : "auth_server", config.server().address())
            .put("onboarding", onboarding(config.onboarding()))
            .put("storage", destination(config.storage()))
            .put(LifetimeReader.OLD_TTL, GoDuration.format(config.lifetime().ttl()))
            .put(LifetimeReader.INTERVAL, GoDuration.format(config.lifetime().renewalInterval()))
            .put("diag_addr", config.diagAddr())
            .put("oneshot", config.oneshot())
            .put("insecure", config.insecure())
            .put("fips", config.fips())
            .put("debug", config.debug());
    List<Object> outputs = new ArrayList<>();
    config.outputs().forEach(output -> outputs.add(OutputTree.of(output).map()));
    return YamlWriter.write(tree.put("outputs", (Object) outputs).map());
  }

  private static Tree onboarding(OnboardingConfig onboarding) {
    JoinConfig join = onboarding.join();
    Tree tree =
        new Tree()
            .put("join_method", join.name())
            .put("token", join.token().map(JoinToken::text))
            .put("ca_pins", onboarding.caPins())
            .put("ca_path", onboarding.caPath());
    if (join instanceof JoinConfig.Azure azure) {
      tree.put("azure", new Tree().put("client_id", azure.clientId()));
    } else if (join instanceof JoinConfig.Kubernetes kubernetes) {
      tree.put("kubernetes", new Tree().put("token_path", kubernetes.tokenPath()));
    } else if (join instanceof JoinConfig.Gitlab gitlab) {
      tree.put("gitlab", gitlab(gitlab));
    } else if (join instanceof JoinConfig.TerraformCloud terraform) {
      tree.put("terraform", new Tree().put("audience_tag", terraform.audienceTag()));
    } else if (join instanceof JoinConfig.BoundKeypair bound) {
      tree.put("bound_keypair", boundKeypair(bound));
    } else if (join instanceof JoinConfig.GenericOidc oidc) {
      tree.put("generic_oidc", genericOidc(oidc));
    }
    return tree;
  }

  /** The default is left out: {@code tbot} 16 does not know the key. */
  private static Tree gitlab(JoinConfig.Gitlab gitlab) {
    Tree tree = new Tree();
    return gitlab.tokenVariable().equals(JoinConfig.Gitlab.DEFAULT_VARIABLE)
        ? tree
        : tree.put("token_env_var_name", gitlab.tokenVariable());
  }

  private static Tree boundKeypair(JoinConfig.BoundKeypair bound) {
    return new Tree()
        .put("registration_secret", bound.registrationSecret().map(SecretText::exposeSecret))
        .put("registration_secret_path", bound.registrationSecretPath())
        .put("static_private_key_path", bound.staticPrivateKeyPath());
  }

  private static Tree genericOidc(JoinConfig.GenericOidc oidc) {
    return new Tree()
        .put("env", oidc.variable())
        .put("command", oidc.command())
        .put("timeout", oidc.timeout().map(GoDuration::format));
  }

  static Tree destination(DestinationConfig destination) {
    if (destination instanceof Directory directory) {
      return directory(directory);
    }
    if (destination instanceof KubernetesSecret secret) {
      return new Tree()
          .put("type", "kubernetes_secret")
          .put("name", secret.name())
          .put("namespace", secret.namespace())
          .put("labels", secret.labels())
          .put("kubeconfig_path", secret.kubeconfigPath())
          .put("kubeconfig_context", secret.kubeconfigContext());
    }
    return new Tree().put("type", "memory");
  }

  private static Tree directory(Directory directory) {
    List<Tree> readers = new ArrayList<>();
    for (AclReader reader : directory.readers()) {
      readers.add(new Tree().put(reader.kind().name().toLowerCase(Locale.ROOT), reader.name()));
    }
    return new Tree()
        .put("type", "directory")
        .put("path", directory.path().toString())
        .put("symlinks", directory.symlinks().text())
        .put("acls", directory.acls().text())
        .put("readers", Tree.maps(readers));
  }
}
