package io.machineid.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.machineid.ConfigException;
import io.machineid.destination.Destination;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How this process reaches the Kubernetes cluster whose secrets it writes: by a kubeconfig, or as
 * the pod that it runs in. Not the cluster behind Teleport.
 */
public final class SecretClient {

  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private SecretClient() {}

  /**
   * A secret, with a client that lives as long as the process. Blocks to read files only.
   *
   * @param namespace the secret's namespace
   * @param name the secret's name
   * @param labels labels that the secret gets
   * @param kubeconfig a kubeconfig file; empty for the pod's own service account
   * @param context a context of that kubeconfig; empty for its current one
   * @param environment the environment variables, where Kubernetes tells a pod where its API is
   * @return a destination that is not prepared yet
   * @throws ConfigException when the kubeconfig cannot be used, this process is in no pod, or
   *     fabric8 is not on the class path
   */
  public static Destination destination(
      String namespace,
      String name,
      Map<String, String> labels,
      Optional<Path> kubeconfig,
      Optional<String> context,
      Map<String, String> environment) {
    try {
      return KubernetesSecretDestination.of(
          Fabric8Secret.client(kubeconfig, context, environment), namespace, name, labels);
    } catch (NoClassDefFoundError e) {
      throw absent(e);
    }
  }

  /**
   * The secrets of Argo CD, with a client that lives as long as the process. Blocks to read files
   * only.
   *
   * @param output what to write
   * @param kubeconfig a kubeconfig file; empty for the pod's own service account
   * @param environment the environment variables, where Kubernetes tells a pod where its API is
   * @return the secrets
   * @throws ConfigException when the kubeconfig cannot be used, this process is in no pod, or
   *     fabric8 is not on the class path
   */
  public static ArgoCdSecrets argoCd(
      ArgoCdOutput output, Optional<Path> kubeconfig, Map<String, String> environment) {
    try {
      return ArgoCdSecrets.of(
          Fabric8Secret.client(kubeconfig, Optional.empty(), environment), output);
    } catch (NoClassDefFoundError e) {
      throw absent(e);
    }
  }

  private static ConfigException absent(NoClassDefFoundError e) {
    return new ConfigException(
        "a Kubernetes secret needs io.fabric8:kubernetes-client and kubernetes-httpclient-jdk, which are not there. Add them",
        e);
  }

  /** Apart, so that its absence can be told. */
  private static final class Fabric8Secret {

    static KubernetesClient client(
        Optional<Path> kubeconfig, Optional<String> context, Map<String, String> environment) {
      Config config =
          kubeconfig.map(file -> configured(file, context)).orElseGet(() -> inPod(environment));
      return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static Config configured(Path kubeconfig, Optional<String> context) {
      try {
        Config config = Config.fromKubeconfig(context.orElse(null), kubeconfig.toFile());
        if (config.getCurrentContext() != null) {
          ClientKeys.nameAlgorithm(config);
          return reachable(config, kubeconfig);
        }
      } catch (ConfigException e) {
        throw e;
      } catch (RuntimeException e) {
        throw unusable(kubeconfig, context, e);
      }
      throw unusable(kubeconfig, context, null);
    }

    /** fabric8's transport would leave the name out, and then not trust what answers. */
    private static Config reachable(Config config, Path kubeconfig) {
      if (config.getTlsServerName() != null && !config.getTlsServerName().isEmpty()) {
        throw new ConfigException(
            "the kubeconfig %s has a `tls-server-name`, as one for a cluster behind Teleport has, and secrets cannot be written that way; give one that reaches the Kubernetes API itself"
                .formatted(kubeconfig),
            null);
      }
      return config;
    }

    private static ConfigException unusable(
        Path kubeconfig, Optional<String> context, @Nullable RuntimeException cause) {
      return new ConfigException(
          "the kubeconfig %s is missing, cannot be read or has no %s"
              .formatted(
                  kubeconfig,
                  context.map(name -> "context " + name).orElse("current-context with a cluster")),
          cause);
    }

    private static Config inPod(Map<String, String> environment) {
      String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
      String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
      if (host.isEmpty() || !Files.isReadable(SERVICE_ACCOUNT.resolve("token"))) {
        throw new ConfigException(
            "this process is in no pod with a service account, and no kubeconfig is given: set KUBECONFIG, or `kubeconfig_path` of the destination",
            null);
      }
      Config config = Config.empty();
      config.setMasterUrl(
          "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/");
      config.setCaCertFile(SERVICE_ACCOUNT.resolve("ca.crt").toString());
      config.setOauthTokenProvider(Fabric8Secret::token);
      return config;
    }

    /** Read each time: Kubernetes replaces it about once an hour. */
    private static String token() {
      try {
        return Files.readString(SERVICE_ACCOUNT.resolve("token")).strip();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
