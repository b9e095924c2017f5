package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Questions put as objects: who am I, what may I do. */
final class Reviews {

  private final Rbac rbac;
  private final Answers answers;
  private final InstantSource clock;

  Reviews(Rbac rbac, Answers answers, InstantSource clock) {
    this.rbac = rbac;
    this.answers = answers;
    this.clock = clock;
  }

  void answer(ApiRequest request, Target target) {
    if (!request.method().equals("POST")) {
      throw ApiError.methodNotAllowed();
    }
    ObjectNode review = RequestBody.object(request, target);
    ObjectNode answer = Json.object();
    answer.put("kind", target.type().kind()).put("apiVersion", target.apiVersion());
    answer.putObject("metadata").putNull("creationTimestamp");
    if (review.has("spec")) {
      answer.set("spec", review.get("spec"));
    }
    JsonNode spec = review.path("spec");
    switch (target.type().plural()) {
      case "selfsubjectreviews" -> self(request.caller(), answer);
      case "selfsubjectaccessreviews" -> access(request.caller(), spec, answer);
      case "subjectaccessreviews", "localsubjectaccessreviews" ->
          access(new Caller(Json.text(spec, "user"), groups(spec)), spec, answer);
      case "selfsubjectrulesreviews" -> rules(request.caller(), spec, answer);
      case "tokenreviews" -> answer.putObject("status").putObject("user");
      default -> throw ApiError.methodNotAllowed();
    }
    answers.document(request, 201, answer);
  }

  private static java.util.List<String> groups(JsonNode spec) {
    return Json.textList(spec.path("groups"));
  }

  private void self(Caller caller, ObjectNode answer) {
    Json.metadata(answer)
        .put("creationTimestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    ObjectNode user = answer.putObject("status").putObject("userInfo");
    user.put("username", caller.user()).set("groups", Json.strings(caller.groups()));
  }

  private void access(Caller caller, JsonNode spec, ObjectNode answer) {
    boolean allowed = rbac.allows(caller, Attributes.ofReview(spec));
    ObjectNode status = answer.putObject("status").put("allowed", allowed);
    if (allowed) {
      status.put("reason", "RBAC: allowed");
    }
  }

  private void rules(Caller caller, JsonNode spec, ObjectNode answer) {
    ObjectNode status = answer.putObject("status");
    ArrayNode resources = status.putArray("resourceRules");
    ArrayNode paths = status.putArray("nonResourceRules");
    for (JsonNode rule : rbac.rules(caller, Json.text(spec, "namespace"))) {
      (rule.has("nonResourceURLs") ? paths : resources).add(rule);
    }
    status.put("incomplete", false);
  }
}
