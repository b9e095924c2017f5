package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.machineid.testkit.internal.role.KubernetesKind;

/** Teleport's own "no" to a verb on an object, in Kubernetes' words and with a hint. */
final class Forbidden {

  private Forbidden() {}

  static Refusal refusal(ResourceRequest request, KubernetesKind kind, String user) {
    return Refusal.byAgent(
        FailureStatus.forbidden(
            "%s is forbidden: User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s\n%s\n%s"
                .formatted(
                    subject(request),
                    user,
                    request.verb(),
                    request.resource(),
                    request.apiGroup(),
                    scope(request),
                    whoToAsk(kind),
                    howToCheck(request))));
  }

  private static String subject(ResourceRequest request) {
    return request.name().isEmpty()
        ? request.resource()
        : request.resource() + " \"" + request.name() + "\"";
  }

  private static String scope(ResourceRequest request) {
    return request.namespace().isEmpty()
        ? "at the cluster scope"
        : "in the namespace \"" + request.namespace() + "\"";
  }

  private static String whoToAsk(KubernetesKind kind) {
    return "Ask your Teleport admin to ensure that your Teleport role includes access to the %s in"
            .formatted(kind.teleportName())
        + " \"kubernetes_resources\" field.";
  }

  private static String howToCheck(ResourceRequest request) {
    String object = request.name().isEmpty() ? "" : "/" + request.name();
    String namespace =
        request.namespace().isEmpty() ? "" : " --namespace " + request.namespace() + " ";
    return "Check by running: kubectl auth can-i "
        + request.verb()
        + " "
        + request.resource()
        + object
        + namespace;
  }
}
