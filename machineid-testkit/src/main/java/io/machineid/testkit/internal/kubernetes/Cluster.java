package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.kubernetes.ManagedFields.Manager;
import io.machineid.testkit.internal.kubernetes.ObjectStore.Start;
import io.machineid.testkit.internal.kubernetes.ObjectWriter.Write;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The parts of one cluster, put together. */
final class Cluster implements AutoCloseable {

  /** The version of Kubernetes that the API claims to be. */
  static final String VERSION = "v1.30.4";

  private static final int HISTORY = 5_000;

  private final TypeRegistry types = new TypeRegistry();
  private final PodLogs logs = new PodLogs();
  private final ObjectStore store;
  private final ObjectWriter writer;
  private final ObjectRemover remover;
  private final Answers answers;
  private final Watches watches;
  private final Rbac rbac;
  private final InstantSource clock;

  Cluster(InstantSource clock, RbacMode mode, Duration bookmarkInterval) {
    this.clock = clock;
    store = new ObjectStore(HISTORY);
    writer = new ObjectWriter(store, types, clock);
    remover = new ObjectRemover(store, types, clock);
    answers = new Answers(new TablePrinter(this::columns, clock));
    watches = new Watches(store, answers, bookmarkInterval);
    rbac = new Rbac(mode, store, types);
    store.watch(definitions(), Start.CHANGES, 0, this::definitionChanged);
    store.watch(types.core("pods"), Start.CHANGES, 0, this::podChanged);
    Json.readObjects(InitialObjects.YAML).forEach(this::add);
  }

  private ResourceType definitions() {
    return types.byPlural("apiextensions.k8s.io", "v1", "customresourcedefinitions").orElseThrow();
  }

  private void definitionChanged(Change change) {
    ResourceType type = CustomTypes.type(change.object());
    if (change.deleted()) {
      types.remove(type);
    } else {
      types.put(type);
    }
  }

  private void podChanged(Change change) {
    if (change.deleted()) {
      logs.end(Json.namespace(change.object()), Json.name(change.object()));
    }
  }

  private List<Column> columns(Target target) {
    ResourceType type = target.type();
    return type.custom()
        ? store
            .get(definitions(), new ObjectStore.Key("", type.qualified()))
            .map(definition -> CustomTypes.columns(definition, target.version()))
            .orElse(Columns.of(type))
        : Columns.of(type);
  }

  /** Adds an object as it is, its status too; replaces one that is there. */
  ObjectNode add(ObjectNode object) {
    Target target = target(object);
    Write write = new Write(new Manager("machineid-testkit", "Update", ""), false, true);
    if (store.get(target.type(), target.key()).isEmpty()) {
      return writer.create(target, object.deepCopy(), write);
    }
    Json.metadata(object).remove("resourceVersion");
    writer.update(target, write, current -> object.deepCopy());
    if (!object.has("status") || !target.type().has("status")) {
      return writer.require(target);
    }
    Target status =
        new Target(target.type(), target.version(), target.namespace(), target.name(), "status");
    return writer.update(status, write, current -> current.set("status", object.get("status")));
  }

  private Target target(ObjectNode object) {
    String apiVersion = Json.text(object, "apiVersion");
    String kind = Json.text(object, "kind");
    ResourceType type =
        types
            .byKind(apiVersion, kind)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no kind \"" + kind + "\" in version \"" + apiVersion + "\""));
    String namespace = Json.namespace(object).isEmpty() ? "default" : Json.namespace(object);
    String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
    return new Target(type, version, type.namespaced() ? namespace : "", Json.name(object), "");
  }

  TypeRegistry types() {
    return types;
  }

  ObjectStore store() {
    return store;
  }

  ObjectRemover remover() {
    return remover;
  }

  Answers answers() {
    return answers;
  }

  Watches watches() {
    return watches;
  }

  Rbac rbac() {
    return rbac;
  }

  PodLogs logs() {
    return logs;
  }

  Lists lists() {
    return new Lists(store, answers);
  }

  ObjectRequests objects() {
    return new ObjectRequests(store, writer, remover, answers, clock);
  }

  Scales scales() {
    return new Scales(writer, answers);
  }

  PodRequests pods() {
    return new PodRequests(writer, remover, answers, logs, new PodStreams(store));
  }

  Reviews reviews() {
    return new Reviews(rbac, answers, clock);
  }

  Discovery discovery() {
    return new Discovery(types);
  }

  OpenApi openApi() {
    return new OpenApi(types);
  }

  @Override
  public void close() {
    watches.close();
  }
}
