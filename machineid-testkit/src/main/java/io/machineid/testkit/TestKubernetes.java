package io.machineid.testkit;

import io.machineid.testkit.internal.kubernetes.KubernetesFixture;
import java.util.List;
import java.util.Optional;

/**
 * The objects of a Kubernetes cluster that lives in memory, past all access checks. Kinds are named
 * as people do: {@code pods}, {@code Pod}, {@code po}, {@code deployments.apps}. Thread-safe;
 * clients that watch see what is changed here.
 */
public final class TestKubernetes {

  private final KubernetesFixture fixture;

  TestKubernetes(KubernetesFixture fixture) {
    this.fixture = fixture;
  }

  /**
   * Adds objects, or replaces those of the same name, their status included. Namespaces that are
   * not there are made.
   *
   * @param manifests YAML or JSON; several documents and lists are fine
   * @throws IllegalArgumentException where it is neither, or a kind is not known
   */
  public void add(String manifests) {
    fixture.add(manifests);
  }

  /**
   * The names of the objects of a kind.
   *
   * @param kind the kind
   * @param namespace where; empty for everywhere and for kinds without namespaces
   * @return sorted
   * @throws IllegalArgumentException where the kind is not known
   */
  public List<String> names(String kind, String namespace) {
    return fixture.names(kind, namespace);
  }

  /**
   * One object.
   *
   * @param kind the kind
   * @param namespace where; empty for kinds without namespaces
   * @param name its name
   * @return as YAML, where there is one
   * @throws IllegalArgumentException where the kind is not known
   */
  public Optional<String> get(String kind, String namespace, String name) {
    return fixture.get(kind, namespace, name);
  }

  /**
   * Deletes an object as a client would.
   *
   * @param kind the kind
   * @param namespace where; empty for kinds without namespaces
   * @param name its name
   * @return whether there was one
   * @throws IllegalArgumentException where the kind is not known
   */
  public boolean delete(String kind, String namespace, String name) {
    return fixture.delete(kind, namespace, name);
  }

  /**
   * Adds to what a container has printed.
   *
   * @param namespace the pod's namespace
   * @param pod the pod
   * @param container the container
   * @param text what it printed
   */
  public void appendLog(String namespace, String pod, String container, String text) {
    fixture.appendLog(namespace, pod, container, text);
  }
}
