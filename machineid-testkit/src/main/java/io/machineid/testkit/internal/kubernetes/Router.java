package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpHeaders;
import java.util.List;

/** Sends each request to whoever answers its kind of path. */
final class Router {

  private static final String AGGREGATED = "as=APIGroupDiscoveryList";

  private final Cluster cluster;

  Router(Cluster cluster) {
    this.cluster = cluster;
  }

  void route(ApiRequest request) {
    List<String> path = request.segments();
    java.util.Optional<Target> target = Target.of(path, cluster.types());
    if (target.isPresent()) {
      cluster.rbac().require(request.caller(), Attributes.of(request, target.get()));
      object(request, target.get());
      return;
    }
    cluster.rbac().require(request.caller(), Attributes.ofPath(request));
    if (!request.method().equals("GET")) {
      throw path.size() < 3 ? ApiError.methodNotAllowed() : ApiError.unknownPath();
    }
    document(request, path);
  }

  private void document(ApiRequest request, List<String> path) {
    switch (path.isEmpty() ? "" : path.get(0)) {
      case "" -> index(request);
      case "healthz", "livez", "readyz" -> Answers.text(request, 200, "ok");
      case "version" -> cluster.answers().document(request, 200, version());
      case "api" -> api(request, path);
      case "apis" -> apis(request, path);
      case "openapi" -> openApi(request, path);
      default -> throw ApiError.unknownPath();
    }
  }

  private void index(ApiRequest request) {
    ObjectNode index = Json.object();
    index.set(
        "paths",
        Json.strings(
            List.of(
                "/api",
                "/api/v1",
                "/apis",
                "/healthz",
                "/livez",
                "/openapi/v2",
                "/openapi/v3",
                "/readyz",
                "/version")));
    cluster.answers().document(request, 200, index);
  }

  private void api(ApiRequest request, List<String> path) {
    Discovery discovery = cluster.discovery();
    if (path.size() == 1) {
      discovery(request, true, discovery.coreVersions());
    } else if (path.size() == 2 && path.get(1).equals("v1")) {
      cluster.answers().document(request, 200, discovery.resources("", "v1"));
    } else {
      throw ApiError.unknownPath();
    }
  }

  private void apis(ApiRequest request, List<String> path) {
    Discovery discovery = cluster.discovery();
    switch (path.size()) {
      case 1 -> discovery(request, false, discovery.groups());
      case 2 -> cluster.answers().document(request, 200, discovery.group(path.get(1)));
      case 3 ->
          cluster.answers().document(request, 200, discovery.resources(path.get(1), path.get(2)));
      default -> throw ApiError.unknownPath();
    }
  }

  /** The list of versions or groups; with all kinds in it for those who can read that. */
  private void discovery(ApiRequest request, boolean core, ObjectNode plain) {
    String accept = String.join(",", request.exchange().headers().allValues("Accept"));
    if (!accept.contains(AGGREGATED)) {
      cluster.answers().document(request, 200, plain);
      return;
    }
    String version = accept.contains("v=v2;") || accept.contains("v=v2,") ? "v2" : "v2beta1";
    HttpHeaders headers =
        Answers.headers("application/json;g=apidiscovery.k8s.io;v=" + version + ";" + AGGREGATED);
    byte[] body = Json.bytes(cluster.discovery().aggregated(core, version), false);
    request.exchange().respond(200, headers, body);
  }

  private void openApi(ApiRequest request, List<String> path) {
    OpenApi openApi = cluster.openApi();
    String version = path.size() > 1 ? path.get(1) : "";
    if (version.equals("v2") && path.size() == 2) {
      String accept = String.join(",", request.exchange().headers().allValues("Accept"));
      if (accept.contains("proto-openapi.spec.v2")) {
        byte[] body = OpenApi.v2Protobuf(Cluster.VERSION);
        request.exchange().respond(200, Answers.headers(OpenApi.V2_PROTOBUF), body);
      } else {
        cluster.answers().document(request, 200, openApi.v2(Cluster.VERSION));
      }
    } else if (version.equals("v3")) {
      cluster.answers().document(request, 200, openApiV3(path.subList(2, path.size())));
    } else {
      throw ApiError.unknownPath();
    }
  }

  private ObjectNode openApiV3(List<String> path) {
    if (path.isEmpty()) {
      return cluster.openApi().v3Index();
    }
    if (path.size() == 2 && path.get(0).equals("api")) {
      return cluster.openApi().v3("", path.get(1));
    }
    if (path.size() == 3 && path.get(0).equals("apis")) {
      return cluster.openApi().v3(path.get(1), path.get(2));
    }
    throw ApiError.unknownPath();
  }

  private static ObjectNode version() {
    String[] parts = Cluster.VERSION.substring(1).split("\\.", -1);
    return Json.object()
        .put("major", parts[0])
        .put("minor", parts[1])
        .put("gitVersion", Cluster.VERSION)
        .put("gitCommit", "0000000000000000000000000000000000000000")
        .put("gitTreeState", "clean")
        .put("buildDate", "1970-01-01T00:00:00Z")
        .put("goVersion", "go1.22.2")
        .put("compiler", "gc")
        .put("platform", "linux/amd64");
  }

  private void object(ApiRequest request, Target target) {
    if (target.type().origin() == ResourceType.Origin.REVIEW) {
      cluster.reviews().answer(request, target);
      return;
    }
    switch (target.subresource()) {
      case "", "status", "finalize", "approval", "ephemeralcontainers" -> write(request, target);
      case "scale" -> cluster.scales().answer(request, target);
      default -> cluster.pods().answer(request, target);
    }
  }

  private void write(ApiRequest request, Target target) {
    ObjectRequests objects = cluster.objects();
    boolean collection = target.collection();
    switch (request.method()) {
      case "GET" -> read(request, target);
      case "POST" -> {
        if (!collection) {
          throw ApiError.methodNotAllowed();
        }
        objects.create(request, target);
      }
      case "PUT" -> {
        refuse(collection);
        objects.update(request, target);
      }
      case "PATCH" -> {
        refuse(collection);
        objects.patch(request, target);
      }
      case "DELETE" -> {
        refuse(!target.subresource().isEmpty());
        if (collection) {
          objects.deleteCollection(request, target);
        } else {
          objects.delete(request, target);
        }
      }
      default -> throw ApiError.methodNotAllowed();
    }
  }

  private void read(ApiRequest request, Target target) {
    if (request.flag("watch")) {
      cluster.watches().answer(request, target);
    } else if (target.collection()) {
      cluster.lists().answer(request, target);
    } else {
      cluster.objects().get(request, target);
    }
  }

  private static void refuse(boolean wrong) {
    if (wrong) {
      throw ApiError.methodNotAllowed();
    }
  }
}
