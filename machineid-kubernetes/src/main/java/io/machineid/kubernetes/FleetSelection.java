package io.machineid.kubernetes;

import io.machineid.CredentialException;
import io.machineid.KubernetesCluster;
import io.machineid.config.KubernetesSelector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
   * @param named whether a selector asked for it by its name
   */
  record Match(KubernetesCluster cluster, Optional<String> namespace, boolean named) {

    Match or(Match earlier) {
      return new Match(cluster, namespace.or(() -> earlier.namespace), named || earlier.named);
    }
  }

  /**
   * A selector, of whichever kind.
   *
   * @param name the cluster that is wanted, or empty where labels choose
   * @param labels which clusters labels choose
   * @param namespace for the contexts
   */
  record Choice(
      Optional<String> name, Predicate<KubernetesCluster> labels, Optional<String> namespace) {

    static Choice of(ClusterSelector selector) {
      return new Choice(selector.name(), selector::hasLabels, selector.defaultNamespace());
    }

    /** As tbot has it: each label with exactly its value, and no name stands for all. */
    static Choice of(KubernetesSelector selector) {
      return new Choice(
          selector.name(),
          cluster -> cluster.labels().entrySet().containsAll(selector.labels().entrySet()),
          selector.defaultNamespace());
    }
  }

  static FleetSelection of(
      List<Choice> choices, List<KubernetesCluster> visible, List<String> roles) {
    FleetSelection selection = new FleetSelection(new LinkedHashMap<>(), new LinkedHashMap<>());
    for (Choice selector : choices) {
      selector
          .name()
          .ifPresentOrElse(
              name -> selection.addNamed(name, selector, visible, roles),
              () -> visible.stream().filter(selector.labels()).forEach(selection.adder(selector)));
    }
    return selection;
  }

  private Consumer<KubernetesCluster> adder(Choice selector) {
    return cluster ->
        found.merge(
            cluster.name(),
            new Match(cluster, selector.namespace(), selector.name().isPresent()),
            (earlier, later) -> later.or(earlier));
  }

  private void addNamed(
      String name, Choice selector, List<KubernetesCluster> visible, List<String> roles) {
    try {
      adder(selector).accept(ClusterSearch.find(name, visible, roles));
    } catch (CredentialException e) {
      missing.put(name, e);
    }
  }
}
