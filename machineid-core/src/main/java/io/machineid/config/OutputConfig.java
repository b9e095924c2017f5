package io.machineid.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One entry of {@code services} or {@code outputs}: what to make, and where to put it. */
public sealed interface OutputConfig {

  /**
   * What it is.
   *
   * @return the {@code type} of the file
   */
  String type();

  /**
   * Its name in health reports and messages.
   *
   * @return the name, unique in a configuration, or empty when the file gives none
   */
  Optional<String> name();

  /**
   * Its own lifetime.
   *
   * @return the lifetime, or empty for the bot's
   */
  Optional<CredentialLifetime> lifetime();

  /** An output that goes to a destination. */
  sealed interface Placed extends OutputConfig {

    /**
     * Where its files go.
     *
     * @return the destination, which no other output has
     */
    DestinationConfig destination();
  }

  /**
   * {@code type: kubernetes}: a kubeconfig and its credentials for one cluster.
   *
   * @param name its name, or empty
   * @param kubernetesCluster the cluster's name in Teleport
   * @param roles the roles to impersonate, or none for all that the bot may
   * @param disableExecPlugin whether the kubeconfig holds the credentials itself, instead of a
   *     command that prints them
   * @param destination where the files go
   * @param lifetime its own lifetime, or empty for the bot's
   */
  record Kubernetes(
      Optional<String> name,
      String kubernetesCluster,
      List<String> roles,
      boolean disableExecPlugin,
      DestinationConfig destination,
      Optional<CredentialLifetime> lifetime)
      implements Placed {

    /**
     * Checks and copies.
     *
     * @param name component {@code name}
     * @param kubernetesCluster component {@code kubernetesCluster}
     * @param roles component {@code roles}
     * @param disableExecPlugin component {@code disableExecPlugin}
     * @param destination component {@code destination}
     * @param lifetime component {@code lifetime}
     */
    public Kubernetes {
      Objects.requireNonNull(name, "name");
      Checks.notBlank(kubernetesCluster, "kubernetesCluster");
      roles = List.copyOf(roles);
      Objects.requireNonNull(destination, "destination");
      Objects.requireNonNull(lifetime, "lifetime");
    }

    @Override
    public String type() {
      return OutputKeys.KUBERNETES;
    }
  }

  /**
   * {@code type: kubernetes/v2}: one kubeconfig for many clusters.
   *
   * @param name its name, or empty
   * @param selectors which clusters, at least one selector
   * @param disableExecPlugin whether the kubeconfig holds the credentials itself, instead of a
   *     command that prints them; without meaning where the destination is no directory
   * @param contextNameTemplate what the contexts are called
   * @param relayServer {@code host:port} of a relay for all requests, or empty for the proxy
   * @param destination where the files go
   * @param lifetime its own lifetime, or empty for the bot's
   */
  record KubernetesV2(
      Optional<String> name,
      List<KubernetesSelector> selectors,
      boolean disableExecPlugin,
      NameTemplate contextNameTemplate,
      Optional<String> relayServer,
      DestinationConfig destination,
      Optional<CredentialLifetime> lifetime)
      implements Placed {

    /**
     * Checks and copies.
     *
     * @param name component {@code name}
     * @param selectors component {@code selectors}
     * @param disableExecPlugin component {@code disableExecPlugin}
     * @param contextNameTemplate component {@code contextNameTemplate}
     * @param relayServer component {@code relayServer}
     * @param destination component {@code destination}
     * @param lifetime component {@code lifetime}
     */
    public KubernetesV2 {
      Objects.requireNonNull(name, "name");
      selectors = List.copyOf(selectors);
      Objects.requireNonNull(contextNameTemplate, "contextNameTemplate");
      Objects.requireNonNull(relayServer, "relayServer");
      Objects.requireNonNull(destination, "destination");
      Objects.requireNonNull(lifetime, "lifetime");
      if (selectors.isEmpty()) {
        throw new IllegalArgumentException("there is no selector");
      }
    }

    @Override
    public String type() {
      return OutputKeys.KUBERNETES_V2;
    }
  }

  /**
   * {@code type: identity}: certificates, keys and authorities, and what OpenSSH needs.
   *
   * @param name its name, or empty
   * @param cluster the leaf cluster to be routed to, or empty for the bot's own
   * @param roles the roles to impersonate, or none for all that the bot may
   * @param sshConfig whether to write {@code ssh_config} and {@code known_hosts} into a directory
   * @param allowReissue whether the holder may exchange the certificates for others
   * @param destination where the files go
   * @param lifetime its own lifetime, or empty for the bot's
   */
  record Identity(
      Optional<String> name,
      Optional<String> cluster,
      List<String> roles,
      boolean sshConfig,
      boolean allowReissue,
      DestinationConfig destination,
      Optional<CredentialLifetime> lifetime)
      implements Placed {

    /**
     * Checks and copies.
     *
     * @param name component {@code name}
     * @param cluster component {@code cluster}
     * @param roles component {@code roles}
     * @param sshConfig component {@code sshConfig}
     * @param allowReissue component {@code allowReissue}
     * @param destination component {@code destination}
     * @param lifetime component {@code lifetime}
     */
    public Identity {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(cluster, "cluster");
      roles = List.copyOf(roles);
      Objects.requireNonNull(destination, "destination");
      Objects.requireNonNull(lifetime, "lifetime");
    }

    @Override
    public String type() {
      return OutputKeys.IDENTITY;
    }
  }

  /**
   * {@code type: kubernetes/argo-cd}: a secret for each cluster, from which Argo CD learns it. They
   * go into the cluster that this process runs in.
   *
   * @param name its name, or empty
   * @param selectors which clusters, at least one selector
   * @param secretNamespace where the secrets go; empty for the namespace that {@code POD_NAMESPACE}
   *     names, and else {@code default}
   * @param secretNamePrefix what the secrets' names begin with
   * @param secretLabels further labels for the secrets
   * @param secretAnnotations further annotations for the secrets
   * @param project the Argo CD project, or empty for none
   * @param namespaces the namespaces that Argo CD may use, or none for all
   * @param clusterResources whether Argo CD may use what is in no namespace, where it has a list of
   *     namespaces
   * @param clusterNameTemplate what Argo CD calls the clusters
   * @param lifetime its own lifetime, or empty for the bot's
   */
  record ArgoCd(
      Optional<String> name,
      List<KubernetesSelector> selectors,
      Optional<String> secretNamespace,
      String secretNamePrefix,
      Map<String, String> secretLabels,
      Map<String, String> secretAnnotations,
      Optional<String> project,
      List<String> namespaces,
      boolean clusterResources,
      NameTemplate clusterNameTemplate,
      Optional<CredentialLifetime> lifetime)
      implements OutputConfig {

    /** The beginning of the secrets' names where the file gives none. */
    public static final String DEFAULT_SECRET_NAME_PREFIX = "teleport.argocd-cluster";

    /**
     * Checks and copies.
     *
     * @param name component {@code name}
     * @param selectors component {@code selectors}
     * @param secretNamespace component {@code secretNamespace}
     * @param secretNamePrefix component {@code secretNamePrefix}
     * @param secretLabels component {@code secretLabels}
     * @param secretAnnotations component {@code secretAnnotations}
     * @param project component {@code project}
     * @param namespaces component {@code namespaces}
     * @param clusterResources component {@code clusterResources}
     * @param clusterNameTemplate component {@code clusterNameTemplate}
     * @param lifetime component {@code lifetime}
     */
    public ArgoCd {
      Objects.requireNonNull(name, "name");
      selectors = List.copyOf(selectors);
      Objects.requireNonNull(secretNamespace, "secretNamespace");
      Checks.notBlank(secretNamePrefix, "secretNamePrefix");
      secretLabels = Checks.copy(secretLabels);
      secretAnnotations = Checks.copy(secretAnnotations);
      Objects.requireNonNull(project, "project");
      namespaces = List.copyOf(namespaces);
      Objects.requireNonNull(clusterNameTemplate, "clusterNameTemplate");
      Objects.requireNonNull(lifetime, "lifetime");
      if (selectors.isEmpty()) {
        throw new IllegalArgumentException("there is no selector");
      }
    }

    @Override
    public String type() {
      return OutputKeys.ARGO_CD;
    }
  }
}
