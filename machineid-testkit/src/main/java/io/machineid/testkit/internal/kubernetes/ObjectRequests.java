package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.kubernetes.ManagedFields.Manager;
import io.machineid.testkit.internal.kubernetes.ObjectWriter.Write;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Answers requests for objects: get, create, update, patch, delete, and collections of them. */
final class ObjectRequests {

  /** Kinds whose deletion is answered with the object instead of a bare success. */
  private static final Set<String> RETURNED =
      Set.of(
          "namespaces",
          "pods",
          "services",
          "serviceaccounts",
          "persistentvolumes",
          "persistentvolumeclaims",
          "podtemplates",
          "resourcequotas");

  private final ObjectStore store;
  private final ObjectWriter writer;
  private final ObjectRemover remover;
  private final Answers answers;
  private final InstantSource clock;

  ObjectRequests(
      ObjectStore store,
      ObjectWriter writer,
      ObjectRemover remover,
      Answers answers,
      InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.remover = remover;
    this.answers = answers;
    this.clock = clock;
  }

  void get(ApiRequest request, Target target) {
    answers.object(request, target, 200, writer.require(target));
  }

  void create(ApiRequest request, Target target) {
    ObjectNode object = RequestBody.object(request, target);
    ObjectNode created = writer.create(target, object, Write.of(request, target));
    answers.object(request, target, 201, created);
  }

  void update(ApiRequest request, Target target) {
    ObjectNode object = RequestBody.object(request, target);
    Write write = Write.of(request, target);
    answers.object(request, target, 200, written(target, write, object));
  }

  private ObjectNode written(Target target, Write write, ObjectNode object) {
    ObjectNode updated = writer.update(target, write, current -> object.deepCopy());
    return settle(updated);
  }

  void patch(ApiRequest request, Target target) {
    Patches.Format format = Patches.Format.of(request.header("Content-Type"), target.type());
    JsonNode patch = RequestBody.document(request);
    if (format == Patches.Format.APPLY) {
      apply(request, target, patch);
      return;
    }
    ObjectNode updated =
        writer.update(
            target,
            Write.of(request, target),
            current -> Patches.apply(format, target.type(), current, patch.deepCopy()));
    answers.object(request, target, 200, settle(updated));
  }

  private void apply(ApiRequest request, Target target, JsonNode document) {
    if (!(document instanceof ObjectNode body)) {
      throw ApiError.badRequest("the body of the request is not an object");
    }
    if (request.parameter("fieldManager").isEmpty()) {
      throw ApiError.badRequest("fieldManager is required for apply patch");
    }
    ObjectNode wanted = RequestBody.checked(body, target);
    if (Json.at(wanted, "metadata").has("managedFields")) {
      throw ApiError.badRequest("metadata.managedFields must be nil");
    }
    Manager manager = new Manager(request.fieldManager(), "Apply", target.subresource());
    Write write = new Write(manager, request.dryRun(), false);
    ServerSideApply apply =
        new ServerSideApply(target.type(), manager, request.flag("force"), clock.instant());
    boolean fresh =
        target.subresource().isEmpty() && store.get(target.type(), target.key()).isEmpty();
    if (fresh) {
      ObjectNode start = Json.object();
      answers.object(
          request, target, 201, writer.create(target, apply.apply(start, wanted), write));
    } else {
      ObjectNode updated = writer.update(target, write, current -> apply.apply(current, wanted));
      answers.object(request, target, 200, settle(updated));
    }
  }

  /** Looks after an object whose last finalizer may just have gone. */
  private ObjectNode settle(ObjectNode updated) {
    if (ObjectWriter.finished(updated)) {
      remover.afterRemoval(updated);
    }
    return updated;
  }

  void delete(ApiRequest request, Target target) {
    ObjectRemover.Options options = options(request);
    ObjectRemover.Outcome outcome = remover.delete(target.type(), target.key(), options);
    if (!outcome.gone() || RETURNED.contains(target.type().qualified())) {
      answers.object(request, target, 200, outcome.object());
      return;
    }
    ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    ObjectNode details = ApiError.details(target.type(), target.name());
    details.put("uid", Json.text(outcome.object(), "metadata", "uid"));
    status.put("status", "Success").set("details", details);
    answers.document(request, 200, status);
  }

  void deleteCollection(ApiRequest request, Target target) {
    ObjectRemover.Options options = options(request);
    Predicate<ObjectNode> selection = Selection.of(target, request);
    ObjectStore.Listing listing = store.list(target.type(), target.namespace());
    List<ObjectNode> deleted = new ArrayList<>();
    for (ObjectNode object : listing.objects()) {
      if (selection.test(object)) {
        deleted.add(remover.delete(target.type(), ObjectStore.Key.of(object), options).object());
      }
    }
    ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(store.version()));
    answers.list(request, target, deleted, metadata);
  }

  private static ObjectRemover.Options options(ApiRequest request) {
    JsonNode body =
        request.exchange().body().length == 0 ? Json.object() : RequestBody.document(request);
    return ObjectRemover.Options.of(request, body);
  }
}
