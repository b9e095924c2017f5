package io.machineid.kubernetes;

import io.machineid.CredentialException;
import io.machineid.KubernetesCluster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What selectors make of the clusters that a bot sees: each once, in the order of the selectors.
 *
 * @param found the clusters, by name
 * @param missing why there is none for a name that was asked for
 */
record FleetSelection(Map<String, Match> found, Map<String, CredentialException> missing) {

  /**
   * A cluster that was selected.
   *
   * @param namespace for its context; where several selectors name one, the last has its way
   */
  record Match(KubernetesCluster cluster, Optional<String> namespace) {

    Match or(Match earlier) {
      return namespace.isPresent() ? this : new Match(cluster, earlier.namespace);
    }
  }

  static FleetSelection of(
      List<ClusterSelector> selectors, List<KubernetesCluster> visible, List<String> roles) {
    FleetSelection selection = new FleetSelection(new LinkedHashMap<>(), new LinkedHashMap<>());
    for (ClusterSelector selector : selectors) {
      selector
          .name()
          .ifPresentOrElse(
              name -> selection.addNamed(name, selector, visible, roles),
              () ->
                  visible.stream().filter(selector::hasLabels).forEach(selection.adder(selector)));
    }
    return selection;
  }

  private Consumer<KubernetesCluster> adder(ClusterSelector selector) {
    return cluster ->
        found.merge(
            cluster.name(),
            new Match(cluster, selector.defaultNamespace()),
            (earlier, later) -> later.or(earlier));
  }

  private void addNamed(
      String name, ClusterSelector selector, List<KubernetesCluster> visible, List<String> roles) {
    try {
      adder(selector).accept(ClusterSearch.find(name, visible, roles));
    } catch (CredentialException e) {
      missing.put(name, e);
    }
  }
}
