package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;

/** Answers list requests, page by page where a limit is set. */
final class Lists {

  private final ObjectStore store;
  private final Answers answers;

  Lists(ObjectStore store, Answers answers) {
    this.store = store;
    this.answers = answers;
  }

  void answer(ApiRequest request, Target target) {
    Predicate<ObjectNode> selection = Selection.of(target, request);
    ObjectStore.Listing listing = store.list(target.type(), target.namespace());
    checkVersion(request, listing.version());
    ObjectStore.Key after = new ObjectStore.Key("", "");
    String token = request.parameter("continue");
    if (!token.isEmpty()) {
      after = position(token);
    }
    ObjectStore.Key start = after;
    List<ObjectNode> matching =
        listing.objects().stream()
            .filter(selection)
            .filter(object -> ObjectStore.Key.of(object).compareTo(start) > 0)
            .toList();
    page(request, target, matching, listing.version());
  }

  private void page(ApiRequest request, Target target, List<ObjectNode> matching, long version) {
    long limit = request.number("limit", 0);
    ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(version));
    List<ObjectNode> page = matching;
    if (limit > 0 && matching.size() > limit) {
      page = matching.subList(0, (int) limit);
      metadata.put("continue", token(page.get(page.size() - 1), version));
      metadata.put("remainingItemCount", matching.size() - limit);
    }
    answers.list(request, target, page, metadata);
  }

  private static void checkVersion(ApiRequest request, long current) {
    long wanted = request.number("resourceVersion", 0);
    if (wanted > current) {
      String message = "Too large resource version: " + wanted + ", current: " + current;
      throw new ApiError(
          504, "Timeout", "Timeout: " + message, Json.object().put("retryAfterSeconds", 1));
    }
  }

  private static String token(ObjectNode last, long version) {
    ObjectNode token = Json.object().put("v", "meta.k8s.io/v1").put("rv", version);
    token.put("ns", Json.namespace(last)).put("start", Json.name(last));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(token, false));
  }

  private ObjectStore.Key position(String token) {
    JsonNode position;
    try {
      byte[] json = Base64.getUrlDecoder().decode(token.getBytes(StandardCharsets.US_ASCII));
      position = Json.readJson(json);
    } catch (IOException | IllegalArgumentException e) {
      throw ApiError.badRequest("continue key is not valid");
    }
    if (position.path("rv").asLong() < store.forgotten()) {
      throw ApiError.expired(
          "The provided continue parameter is too old to display a consistent list result. You can"
              + " start a new list without the continue parameter.");
    }
    return new ObjectStore.Key(Json.text(position, "ns"), Json.text(position, "start"));
  }
}
