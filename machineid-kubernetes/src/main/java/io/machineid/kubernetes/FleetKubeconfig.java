package io.machineid.kubernetes;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A kubeconfig with a context for each usable cluster of a {@link KubernetesFleet}, in memory. It
 * is a <em>snapshot</em> of clusters and credentials: ask the fleet again after {@link #notAfter()}
 * at the latest. Immutable. The private keys leave it through {@link #toYaml()} alone.
 */
public final class FleetKubeconfig {

  private final List<KubeconfigWriter.Context> contexts;

  FleetKubeconfig(List<KubeconfigWriter.Context> contexts) {
    this.contexts = List.copyOf(contexts);
  }

  /**
   * The names of the contexts.
   *
   * @return in the order of the fleet; the first is the current context
   */
  public List<String> contextNames() {
    return contexts.stream().map(context -> context.config().contextName()).toList();
  }

  /**
   * When the first of the credentials inside ends.
   *
   * @return an instant on the server's clock; empty when there is no context
   */
  public Optional<Instant> notAfter() {
    return contexts.stream()
        .flatMap(context -> context.config().notAfter().stream())
        .min(Instant::compareTo);
  }

  /**
   * The text.
   *
   * @return YAML; it holds the private keys
   */
  public String toYaml() {
    return KubeconfigWriter.write(contexts);
  }

  @Override
  public String toString() {
    return "FleetKubeconfig[%d contexts, notAfter=%s]"
        .formatted(contexts.size(), notAfter().map(Instant::toString).orElse(""));
  }
}
