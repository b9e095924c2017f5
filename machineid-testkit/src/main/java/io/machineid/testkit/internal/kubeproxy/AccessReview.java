package io.machineid.testkit.internal.kubeproxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.role.KubernetesAccess;
import io.machineid.testkit.internal.role.KubernetesKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * A client's question whether it may do something: Teleport's own "no" comes before Kubernetes'.
 */
final class AccessReview {

  private static final JsonMapper JSON = new JsonMapper();

  private static final Set<String> VERBS =
      Set.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

  private AccessReview() {}

  static boolean asks(ResourceRequest request) {
    return request.is("create")
        && request.apiGroup().equals("authorization.k8s.io")
        && request.resource().equals("selfsubjectaccessreviews");
  }

  /** The answer where the roles say no; empty where Kubernetes is to be asked. */
  static Optional<byte[]> denial(byte[] body, KubernetesAccess access) {
    try {
      JsonNode review = JSON.readTree(body);
      JsonNode asked = review.path("spec").path("resourceAttributes");
      if (!(review instanceof ObjectNode answer) || !denied(asked, access)) {
        return Optional.empty();
      }
      String reason =
          "the Teleport roles do not allow to %s %s"
              .formatted(asked.path("verb").asText(), asked.path("resource").asText());
      answer.putObject("status").put("allowed", false).put("reason", reason);
      return Optional.of((answer + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean denied(JsonNode asked, KubernetesAccess access) {
    Optional<KubernetesKind> kind =
        KubernetesKind.ofResource(asked.path("group").asText(), asked.path("resource").asText());
    String verb = verb(asked);
    if (kind.isEmpty() || verb.isEmpty()) {
      return false;
    }
    String name = asked.path("name").asText();
    String namespace = kind.get().namespaced() ? asked.path("namespace").asText() : "";
    return name.isEmpty()
        ? !access.mayAllow(kind.get(), namespace, verb)
        : !access.allows(kind.get(), namespace, name, verb);
  }

  private static String verb(JsonNode asked) {
    String verb = asked.path("verb").asText();
    return switch (asked.path("subresource").asText()) {
      case "exec", "attach" -> "exec";
      case "portforward" -> "portforward";
      default -> VERBS.contains(verb) ? verb : "";
    };
  }
}
