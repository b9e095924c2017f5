package io.machineid.kubernetes;

import io.machineid.CredentialException;
import io.machineid.KubernetesCluster;
import io.machineid.MachineIdException.Reason;
import java.util.List;
import java.util.stream.Collectors;

/** Finds a cluster by its name, or else by the name that it was discovered by in its cloud. */
final class ClusterSearch {

  private static final String DISCOVERED_NAME = "teleport.internal/discovered-name";
  private static final int NAMES_SHOWN = 20;

  private ClusterSearch() {}

  static KubernetesCluster find(
      String wanted, List<KubernetesCluster> visible, List<String> roles) {
    for (KubernetesCluster cluster : visible) {
      if (cluster.name().equals(wanted)) {
        return cluster;
      }
    }
    List<KubernetesCluster> discovered =
        visible.stream()
            .filter(cluster -> wanted.equals(cluster.labels().get(DISCOVERED_NAME)))
            .toList();
    if (discovered.size() == 1) {
      return discovered.get(0);
    }
    throw discovered.isEmpty() ? missing(wanted, visible, roles) : ambiguous(wanted, discovered);
  }

  private static CredentialException missing(
      String wanted, List<KubernetesCluster> visible, List<String> roles) {
    String with = roles.isEmpty() ? "all roles it may use" : "roles " + roles;
    String sees =
        visible.isEmpty()
            ? "sees no Kubernetes cluster at all: a role needs kubernetes_labels that match"
            : "sees: " + names(visible);
    return notFound(
        "there is no Kubernetes cluster \"%s\" that the bot can see. With %s it %s"
            .formatted(wanted, with, sees));
  }

  private static CredentialException ambiguous(String wanted, List<KubernetesCluster> found) {
    return notFound(
        "the name \"%s\" was discovered for %d Kubernetes clusters; give the full name of one: %s"
            .formatted(wanted, found.size(), names(found)));
  }

  private static CredentialException notFound(String message) {
    return new CredentialException(Reason.NOT_FOUND, false, message, null);
  }

  private static String names(List<KubernetesCluster> clusters) {
    String names =
        clusters.stream()
            .map(KubernetesCluster::name)
            .sorted()
            .limit(NAMES_SHOWN)
            .collect(Collectors.joining(", "));
    int more = clusters.size() - NAMES_SHOWN;
    return more > 0 ? names + " and " + more + " more" : names;
  }
}
