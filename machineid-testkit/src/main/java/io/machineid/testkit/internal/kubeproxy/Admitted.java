package io.machineid.testkit.internal.kubeproxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.machineid.testkit.internal.kubernetes.KubernetesBackend;
import io.machineid.testkit.internal.role.KubernetesAccess;
import io.machineid.testkit.internal.role.KubernetesKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.Optional;

/**
 * A request of a known user to a known cluster: what its roles say about the objects.
 *
 * @param request as it came
 * @param user the Teleport user, for messages
 * @param access what the roles allow in the cluster
 * @param backend the cluster
 * @param upstreamHeaders what the cluster gets to see
 * @param answer the way back
 */
record Admitted(
    ClientRequest request,
    String user,
    KubernetesAccess access,
    KubernetesBackend backend,
    HttpHeaders upstreamHeaders,
    Answer answer) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String STREAM_PROTOCOL = "X-Stream-Protocol-Version";

  private static final String NO_WEB_SOCKET_WATCH =
      "can't switch protocols using non-Hijacker ResponseWriter type *responsewriters.WatcherResponseWriter";

  void forward(boolean duplicateWatchEvents) {
    Optional<ResourceRequest> resource = ResourceRequest.of(request);
    Optional<KubernetesKind> kind = resource.flatMap(ResourceRequest::kind);
    if (resource.isPresent() && AccessReview.asks(resource.get())) {
      review();
    } else if (kind.isEmpty()) {
      pass(Headers.Seal.AGENT);
    } else if (resource.get().ofMany()) {
      many(resource.get(), kind.get(), duplicateWatchEvents);
    } else {
      one(resource.get(), kind.get());
    }
  }

  private void review() {
    Optional<byte[]> denial = AccessReview.denial(request.body(), access);
    if (denial.isPresent()) {
      throw Refusal.byAgent(201, denial.get());
    }
    pass(Headers.Seal.AGENT);
  }

  private void one(ResourceRequest resource, KubernetesKind kind) {
    String name =
        resource.is("create") && resource.name().isEmpty() ? nameInBody() : resource.name();
    String namespace = kind.namespaced() ? resource.namespace() : "";
    if (!access.allows(kind, namespace, name, resource.verb())) {
      throw Forbidden.refusal(resource, kind, user);
    }
    if (resource.intoPod()) {
      checkUpgrade();
    }
    pass(Headers.Seal.AGENT);
  }

  private void many(ResourceRequest resource, KubernetesKind kind, boolean duplicateWatchEvents) {
    String namespace = kind.namespaced() ? resource.namespace() : "";
    if (!access.mayAllow(kind, namespace, resource.verb())) {
      throw Forbidden.refusal(resource, kind, user);
    }
    boolean all = access.allowsAll(kind, namespace, resource.verb());
    ObjectFilter filter = new ObjectFilter(access, kind, resource.verb());
    switch (resource.verb()) {
      case "watch" -> watch(filter, duplicateWatchEvents);
      case "list" -> list(filter, all);
      default -> deleteCollection(filter, all);
    }
  }

  private void list(ObjectFilter filter, boolean all) {
    if (all) {
      pass(Headers.Seal.AGENT_LIST);
    } else {
      Answer filtered = FilteredList.to(sealed(Headers.Seal.AGENT_LIST), filter);
      send(Upstream.jsonOnly(upstreamHeaders), filtered);
    }
  }

  private void watch(ObjectFilter filter, boolean duplicate) {
    if (request.upgradeRequested()) {
      throw noWebSocketWatch();
    }
    Answer filtered = new FilteredWatch(sealed(Headers.Seal.AGENT), filter, duplicate);
    send(Upstream.jsonOnly(upstreamHeaders), filtered);
  }

  private void deleteCollection(ObjectFilter filter, boolean all) {
    if (all) {
      pass(Headers.Seal.AGENT);
    } else {
      new CollectionDelete(backend, request, upstreamHeaders, filter, sealed(Headers.Seal.AGENT))
          .start();
    }
  }

  private static Refusal noWebSocketWatch() {
    byte[] status = FailureStatus.internalError(NO_WEB_SOCKET_WATCH).json();
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(status);
    twice.writeBytes(status);
    return Refusal.byAgent(500, twice.toByteArray());
  }

  private void checkUpgrade() {
    boolean named = request.headers().firstValue(STREAM_PROTOCOL).isPresent();
    if (!request.webSocketRequested() && !named) {
      throw notUpgradable(STREAM_PROTOCOL + " is required");
    }
    if (!request.upgradeRequested()) {
      throw notUpgradable("the request asks for no upgrade of its connection");
    }
  }

  private static Refusal notUpgradable(String why) {
    return Refusal.byProxy(FailureStatus.internalError("unable to upgrade: " + why));
  }

  private void pass(Headers.Seal seal) {
    send(upstreamHeaders, sealed(seal));
  }

  private Answer sealed(Headers.Seal seal) {
    Headers.Seal ofUpgrade = request.webSocketRequested() ? Headers.Seal.NONE : Headers.Seal.PROXY;
    return new SealedAnswer(answer, seal, ofUpgrade);
  }

  private void send(HttpHeaders headers, Answer way) {
    backend.handle(UpstreamExchange.of(request, headers, way));
  }

  // protobuf does not tell: such a request is judged as one about an object without a name
  private String nameInBody() {
    try {
      JsonNode metadata = JSON.readTree(request.body()).path("metadata");
      String name = metadata.path("name").asText();
      return name.isEmpty() ? metadata.path("generateName").asText() : name;
    } catch (IOException e) {
      return "";
    }
  }
}
