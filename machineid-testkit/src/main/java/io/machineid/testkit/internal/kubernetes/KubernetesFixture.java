package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * A cluster as tests prepare and inspect it, past all access checks: objects go in and come out as
 * YAML. Kinds are named as people do: {@code pods}, {@code Pod}, {@code po}, {@code
 * deployments.apps}. Thread-safe.
 */
public final class KubernetesFixture {

  private final Cluster cluster;
  private final RequestLog requests;

  KubernetesFixture(Cluster cluster, RequestLog requests) {
    this.cluster = cluster;
    this.requests = requests;
  }

  /**
   * Adds objects, or replaces those of the same name, their status included. A namespace that is
   * not there is made.
   *
   * @param manifests YAML or JSON; several documents and lists are fine
   * @throws IllegalArgumentException where it is neither, or a kind is not known
   */
  public void add(String manifests) {
    for (ObjectNode object : Json.readObjects(manifests)) {
      try {
        ensureNamespace(Json.namespace(object));
        cluster.add(object);
      } catch (ApiError e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
  }

  private void ensureNamespace(String name) {
    ObjectStore.Key key = new ObjectStore.Key("", name);
    if (!name.isEmpty() && cluster.store().get(cluster.types().core("namespaces"), key).isEmpty()) {
      ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
      Json.metadata(namespace).put("name", name);
      cluster.add(namespace);
    }
  }

  /** The names of all objects of a kind in a namespace, sorted; in all where it is empty. */
  public List<String> names(String kind, String namespace) {
    return cluster.store().list(type(kind), namespace).objects().stream().map(Json::name).toList();
  }

  /** An object as YAML; the namespace is empty for kinds without one. */
  public Optional<String> get(String kind, String namespace, String name) {
    return cluster
        .store()
        .get(type(kind), new ObjectStore.Key(namespace, name))
        .map((JsonNode object) -> Json.yaml(object));
  }

  /** Deletes an object as a client would; false where there is none. */
  public boolean delete(String kind, String namespace, String name) {
    try {
      ObjectStore.Key key = new ObjectStore.Key(namespace, name);
      cluster.remover().delete(type(kind), key, ObjectRemover.Options.PLAIN);
      return true;
    } catch (ApiError e) {
      if (e.code() == 404) {
        return false;
      }
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Adds to what a container has printed. */
  public void appendLog(String namespace, String pod, String container, String text) {
    cluster.logs().append(namespace, pod, container, text);
  }

  /** The latest requests, oldest first; does not wait for anybody. */
  public List<SeenRequest> requests() {
    return requests.snapshot();
  }

  private ResourceType type(String kind) {
    return cluster
        .types()
        .byAnyName(kind)
        .orElseThrow(() -> new IllegalArgumentException("no kind \"" + kind + "\""));
  }
}
