package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.kubernetes.ManagedFields.Difference;
import io.machineid.testkit.internal.kubernetes.ManagedFields.Manager;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/** Creates and updates objects by the rules of the API. */
final class ObjectWriter {

  /**
   * How a write is made.
   *
   * @param manager who is booked as the writer
   * @param dryRun whether nothing is to be kept
   * @param withStatus whether a new object may bring its status along
   */
  record Write(Manager manager, boolean dryRun, boolean withStatus) {

    static Write of(ApiRequest request, Target target) {
      Manager manager = new Manager(request.fieldManager(), "Update", target.subresource());
      return new Write(manager, request.dryRun(), false);
    }
  }

  private final ObjectStore store;
  private final TypeRegistry types;
  private final InstantSource clock;
  private final Defaults defaults = new Defaults();

  ObjectWriter(ObjectStore store, TypeRegistry types, InstantSource clock) {
    this.store = store;
    this.types = types;
    this.clock = clock;
  }

  /** The current form of a target's object. */
  ObjectNode require(Target target) {
    return store
        .get(target.type(), target.key())
        .orElseThrow(() -> ApiError.notFound(target.type(), target.name()));
  }

  /** Creates an object; the given one becomes the store's. */
  ObjectNode create(Target target, ObjectNode object, Write write) {
    ResourceType type = target.type();
    ObjectNode metadata = Json.metadata(object);
    name(metadata);
    Validation.check(target, object);
    requireNamespace(target);
    if (!Json.version(object).isEmpty()) {
      throw ApiError.badRequest("resourceVersion should not be set on objects to be created");
    }
    if (type.has("status") && !write.withStatus) {
      object.remove("status");
    }
    identify(type, metadata, target.namespace());
    boolean applied = write.manager.operation().equals("Apply");
    if (!applied) {
      book(type, Json.object(), object, write);
    }
    defaults.complete(type, object);
    defaults.start(type, object);
    StatusDefaults.complete(type, object);
    if (type.plural().equals("customresourcedefinitions")) {
      CustomTypes.establish(object, now());
    }
    if (write.dryRun) {
      if (store.get(type, ObjectStore.Key.of(object)).isPresent()) {
        throw ApiError.alreadyExists(type, Json.name(object));
      }
    } else if (!store.add(type, object)) {
      throw ApiError.alreadyExists(type, Json.name(object));
    }
    return object;
  }

  /** Edits an object, again and again until nobody else has written in between. */
  ObjectNode update(Target target, Write write, UnaryOperator<ObjectNode> edit) {
    while (true) {
      ObjectNode current = require(target);
      Optional<ObjectNode> written = tryUpdate(target, write, current, edit);
      if (written.isPresent()) {
        return written.get();
      }
    }
  }

  private Optional<ObjectNode> tryUpdate(
      Target target, Write write, ObjectNode current, UnaryOperator<ObjectNode> edit) {
    ResourceType type = target.type();
    ObjectNode next = keepIdentity(target, current, edit.apply(current.deepCopy()));
    next = restrict(target, current, next);
    defaults.complete(type, next);
    StatusDefaults.complete(type, next);
    Validation.check(target, next);
    if (type.countsGenerations() && !next.path("spec").equals(current.path("spec"))) {
      long generation = Json.at(current, "metadata", "generation").asLong(1);
      Json.metadata(next).put("generation", generation + 1);
    }
    if (!write.manager.operation().equals("Apply")) {
      book(type, current, next, write);
    }
    if (next.equals(current)) {
      return Optional.of(current);
    }
    if (write.dryRun) {
      return Optional.of(next);
    }
    boolean done = finished(next) ? store.remove(type, current) : store.swap(type, current, next);
    return done ? Optional.of(next) : Optional.empty();
  }

  /** Whether an object was only waiting for its finalizers to go. */
  static boolean finished(ObjectNode object) {
    return Json.at(object, "metadata").has("deletionTimestamp")
        && Json.at(object, "metadata", "finalizers").isEmpty()
        && Json.at(object, "spec", "finalizers").isEmpty();
  }

  private ObjectNode keepIdentity(Target target, ObjectNode current, ObjectNode next) {
    ResourceType type = target.type();
    String version = Json.version(next);
    if (!version.isEmpty() && !version.equals(Json.version(current))) {
      throw ApiError.modified(type, target.name());
    }
    ObjectNode metadata = Json.metadata(next);
    String uid = Json.text(metadata, "uid");
    if (!uid.isEmpty() && !uid.equals(Json.text(current, "metadata", "uid"))) {
      String why = "Precondition failed: UID in precondition: " + uid;
      throw ApiError.conflict(type, target.name(), why);
    }
    for (String field :
        List.of(
            "name",
            "namespace",
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generateName")) {
      metadata.remove(field);
      if (Json.at(current, "metadata").has(field)) {
        metadata.set(field, Json.at(current, "metadata", field));
      }
    }
    if (!metadata.has("managedFields") && Json.at(current, "metadata").has("managedFields")) {
      metadata.set("managedFields", Json.at(current, "metadata", "managedFields").deepCopy());
    }
    next.put("kind", type.kind()).put("apiVersion", Json.text(current, "apiVersion"));
    return next;
  }

  /** Keeps what may not be changed in this way: the status, or all but the status. */
  private static ObjectNode restrict(Target target, ObjectNode current, ObjectNode next) {
    if (List.of("status", "approval").contains(target.subresource())) {
      ObjectNode kept = current.deepCopy();
      kept.set("status", next.path("status").isMissingNode() ? Json.object() : next.get("status"));
      Json.metadata(kept).set("managedFields", Json.at(next, "metadata", "managedFields"));
      if (Json.at(next, "metadata", "managedFields").isMissingNode()) {
        Json.metadata(kept).remove("managedFields");
      }
      return kept;
    }
    if (target.type().has("status")) {
      next.remove("status");
      if (current.has("status")) {
        next.set("status", current.get("status").deepCopy());
      }
    }
    return next;
  }

  private void book(ResourceType type, ObjectNode before, ObjectNode after, Write write) {
    ManagedFields fields = ManagedFields.of(after);
    fields.update(write.manager, type, new Difference(before, after, now()));
    fields.into(after);
  }

  private void name(ObjectNode metadata) {
    String prefix = Json.text(metadata, "generateName");
    if (Json.text(metadata, "name").isEmpty() && !prefix.isEmpty()) {
      String letters = "bcdfghjklmnpqrstvwxz2456789";
      StringBuilder name = new StringBuilder(prefix);
      for (int i = 0; i < 5; i++) {
        name.append(letters.charAt(ThreadLocalRandom.current().nextInt(letters.length())));
      }
      metadata.put("name", name.toString());
    }
  }

  private void requireNamespace(Target target) {
    if (!target.type().namespaced()) {
      return;
    }
    ResourceType namespaces = types.core("namespaces");
    ObjectNode namespace =
        store
            .get(namespaces, new ObjectStore.Key("", target.namespace()))
            .orElseThrow(() -> ApiError.notFound(namespaces, target.namespace()));
    if (Json.metadata(namespace).has("deletionTimestamp")) {
      throw ApiError.forbidden(
          "unable to create new content in namespace "
              + target.namespace()
              + " because it is being terminated",
          ApiError.details(target.type(), target.name()));
    }
  }

  private void identify(ResourceType type, ObjectNode metadata, String namespace) {
    if (type.namespaced()) {
      metadata.put("namespace", namespace);
    } else {
      metadata.remove("namespace");
    }
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", now().toString());
    metadata.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"));
    if (type.countsGenerations()) {
      metadata.put("generation", 1);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
