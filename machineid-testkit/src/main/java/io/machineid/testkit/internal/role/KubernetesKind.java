package io.machineid.testkit.internal.role;

import java.util.Arrays;
import java.util.Optional;

/**
 * The kinds that {@code kubernetes_resources} can name, and where they live in the Kubernetes API.
 */
public enum KubernetesKind {
  /** Pods. */
  POD("pod", "", "pods", true),
  /** Secrets. */
  SECRET("secret", "", "secrets", true),
  /** Config maps. */
  CONFIG_MAP("configmap", "", "configmaps", true),
  /** Namespaces; a rule about one grants all that is inside. */
  NAMESPACE("namespace", "", "namespaces", false),
  /** Services. */
  SERVICE("service", "", "services", true),
  /** Service accounts. */
  SERVICE_ACCOUNT("serviceaccount", "", "serviceaccounts", true),
  /** Nodes. */
  NODE("kube_node", "", "nodes", false),
  /** Persistent volumes. */
  PERSISTENT_VOLUME("persistentvolume", "", "persistentvolumes", false),
  /** Persistent volume claims. */
  PERSISTENT_VOLUME_CLAIM("persistentvolumeclaim", "", "persistentvolumeclaims", true),
  /** Deployments. */
  DEPLOYMENT("deployment", "apps", "deployments", true),
  /** Replica sets. */
  REPLICA_SET("replicaset", "apps", "replicasets", true),
  /** Stateful sets. */
  STATEFUL_SET("statefulset", "apps", "statefulsets", true),
  /** Daemon sets. */
  DAEMON_SET("daemonset", "apps", "daemonsets", true),
  /** Cluster roles. */
  CLUSTER_ROLE("clusterrole", "rbac.authorization.k8s.io", "clusterroles", false),
  /** Roles of a namespace. */
  KUBE_ROLE("kube_role", "rbac.authorization.k8s.io", "roles", true),
  /** Cluster role bindings. */
  CLUSTER_ROLE_BINDING(
      "clusterrolebinding", "rbac.authorization.k8s.io", "clusterrolebindings", false),
  /** Role bindings. */
  ROLE_BINDING("rolebinding", "rbac.authorization.k8s.io", "rolebindings", true),
  /** Cron jobs. */
  CRON_JOB("cronjob", "batch", "cronjobs", true),
  /** Jobs. */
  JOB("job", "batch", "jobs", true),
  /** Certificate signing requests. */
  CERTIFICATE_SIGNING_REQUEST(
      "certificatesigningrequest", "certificates.k8s.io", "certificatesigningrequests", false),
  /** Ingresses. */
  INGRESS("ingress", "networking.k8s.io", "ingresses", true);

  private final String teleportName;
  private final String apiGroup;
  private final String plural;
  private final boolean namespaced;

  KubernetesKind(String teleportName, String apiGroup, String plural, boolean namespaced) {
    this.teleportName = teleportName;
    this.apiGroup = apiGroup;
    this.plural = plural;
    this.namespaced = namespaced;
  }

  /** The name in a role. */
  public String teleportName() {
    return teleportName;
  }

  /** Whether objects of this kind live in a namespace. */
  public boolean namespaced() {
    return namespaced;
  }

  static Optional<KubernetesKind> ofTeleportName(String name) {
    return Arrays.stream(values()).filter(kind -> kind.teleportName.equals(name)).findFirst();
  }

  /**
   * The kind that judges a resource of the Kubernetes API; empty for types that Teleport does not
   * know.
   *
   * @param apiGroup empty for the core group
   * @param plural the resource as it stands in paths
   */
  public static Optional<KubernetesKind> ofResource(String apiGroup, String plural) {
    if (apiGroup.isEmpty() && plural.equals("endpoints")) {
      return Optional.of(SERVICE);
    }
    return Arrays.stream(values())
        .filter(kind -> kind.apiGroup.equals(apiGroup) && kind.plural.equals(plural))
        .findFirst();
  }
}
