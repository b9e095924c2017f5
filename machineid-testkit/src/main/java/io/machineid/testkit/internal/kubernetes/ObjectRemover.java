package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Deletes objects, and what belongs to them: dependents by owner reference, the contents of
 * namespaces, the objects of custom kinds. There are no controllers: all of it happens at once.
 */
final class ObjectRemover {

  /**
   * How to delete.
   *
   * @param orphan whether dependents stay
   * @param uid the object must have it; empty for any
   * @param version the object must have it; empty for any
   * @param dryRun whether nothing is to happen
   */
  record Options(boolean orphan, String uid, String version, boolean dryRun) {

    static final Options PLAIN = new Options(false, "", "", false);

    static Options of(ApiRequest request, JsonNode body) {
      String policy = request.parameter("propagationPolicy");
      policy = policy.isEmpty() ? Json.text(body, "propagationPolicy") : policy;
      boolean orphan =
          policy.equals("Orphan")
              || request.flag("orphanDependents")
              || body.path("orphanDependents").asBoolean();
      return new Options(
          orphan,
          Json.text(body, "preconditions", "uid"),
          Json.text(body, "preconditions", "resourceVersion"),
          request.dryRun() || Json.textList(body.path("dryRun")).contains("All"));
    }
  }

  /**
   * What became of an object.
   *
   * @param object its last form
   * @param gone whether it is no longer there
   */
  record Outcome(ObjectNode object, boolean gone) {}

  private final ObjectStore store;
  private final TypeRegistry types;
  private final InstantSource clock;

  ObjectRemover(ObjectStore store, TypeRegistry types, InstantSource clock) {
    this.store = store;
    this.types = types;
    this.clock = clock;
  }

  /** Deletes one object, or marks it where it has finalizers. */
  Outcome delete(ResourceType type, ObjectStore.Key key, Options options) {
    while (true) {
      ObjectNode current =
          store.get(type, key).orElseThrow(() -> ApiError.notFound(type, key.name()));
      check(type, current, options);
      if (options.dryRun) {
        return new Outcome(current, true);
      }
      Optional<Outcome> outcome = tryDelete(type, current);
      if (outcome.isPresent()) {
        collect(current, options.orphan);
        return follow(type, current, outcome.get());
      }
    }
  }

  /** To be called when an object went because its last finalizer went. */
  void afterRemoval(ObjectNode object) {
    collect(object, false);
    finishNamespace(Json.namespace(object));
  }

  private Optional<Outcome> tryDelete(ResourceType type, ObjectNode current) {
    boolean namespace = type.qualified().equals("namespaces");
    if (!namespace && Json.at(current, "metadata", "finalizers").isEmpty()) {
      return store.remove(type, current)
          ? Optional.of(new Outcome(current, true))
          : Optional.empty();
    }
    if (Json.at(current, "metadata").has("deletionTimestamp")) {
      return Optional.of(new Outcome(current, false));
    }
    ObjectNode marked = current.deepCopy();
    Json.metadata(marked)
        .put("deletionTimestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("deletionGracePeriodSeconds", 0);
    if (namespace) {
      Json.child(marked, "status").put("phase", "Terminating");
    }
    return store.swap(type, current, marked)
        ? Optional.of(new Outcome(marked, false))
        : Optional.empty();
  }

  private Outcome follow(ResourceType type, ObjectNode object, Outcome outcome) {
    switch (type.qualified()) {
      case "namespaces" -> {
        empty(Json.name(object));
        finishNamespace(Json.name(object));
      }
      case "customresourcedefinitions.apiextensions.k8s.io" -> {
        ResourceType defined = CustomTypes.type(object);
        store.list(defined, "").objects().forEach(o -> quietly(defined, o));
      }
      default -> finishNamespace(Json.namespace(object));
    }
    return outcome;
  }

  private void empty(String namespace) {
    for (ResourceType type : types.all()) {
      if (type.namespaced()) {
        store.list(type, namespace).objects().forEach(object -> quietly(type, object));
      }
    }
  }

  /** Takes a namespace away that was only waiting for its contents to go. */
  private void finishNamespace(String name) {
    ResourceType namespaces = types.core("namespaces");
    Optional<ObjectNode> found = store.get(namespaces, new ObjectStore.Key("", name));
    if (found.isEmpty() || !Json.at(found.get(), "metadata").has("deletionTimestamp")) {
      return;
    }
    boolean empty =
        types.all().stream()
            .filter(ResourceType::namespaced)
            .allMatch(type -> store.list(type, name).objects().isEmpty());
    if (empty && Json.at(found.get(), "metadata", "finalizers").isEmpty()) {
      store.remove(namespaces, found.get());
    }
  }

  /** Deletes the dependents of an object that is going, or cuts them loose. */
  private void collect(ObjectNode owner, boolean orphan) {
    String uid = Json.text(owner, "metadata", "uid");
    for (ResourceType type : types.all()) {
      for (ObjectNode object : store.list(type, "").objects()) {
        if (owned(object, uid)) {
          if (orphan) {
            cutLoose(type, object, uid);
          } else {
            quietly(type, object);
          }
        }
      }
    }
  }

  private static boolean owned(ObjectNode object, String uid) {
    for (JsonNode reference : Json.at(object, "metadata", "ownerReferences")) {
      if (Json.text(reference, "uid").equals(uid)) {
        return true;
      }
    }
    return false;
  }

  private void cutLoose(ResourceType type, ObjectNode object, String uid) {
    ObjectNode loose = object.deepCopy();
    ArrayNode references = Json.metadata(loose).putArray("ownerReferences");
    for (JsonNode reference : Json.at(object, "metadata", "ownerReferences")) {
      if (!Json.text(reference, "uid").equals(uid)) {
        references.add(reference);
      }
    }
    store.swap(type, object, loose);
  }

  /** Deletes an object that may have gone already. */
  private void quietly(ResourceType type, ObjectNode object) {
    ObjectStore.Key key = ObjectStore.Key.of(object);
    if (store.get(type, key).isPresent()) {
      try {
        delete(type, key, Options.PLAIN);
      } catch (ApiError e) {
        if (e.code() != 404) {
          throw e;
        }
      }
    }
  }

  private static void check(ResourceType type, ObjectNode object, Options options) {
    String uid = Json.text(object, "metadata", "uid");
    if (!options.uid.isEmpty() && !options.uid.equals(uid)) {
      String why = "Precondition failed: UID in precondition: " + options.uid;
      throw ApiError.conflict(type, Json.name(object), why + ", UID in object meta: " + uid);
    }
    if (!options.version.isEmpty() && !options.version.equals(Json.version(object))) {
      String why = "Precondition failed: ResourceVersion in precondition: " + options.version;
      throw ApiError.conflict(
          type,
          Json.name(object),
          why + ", ResourceVersion in object meta: " + Json.version(object));
    }
  }
}
