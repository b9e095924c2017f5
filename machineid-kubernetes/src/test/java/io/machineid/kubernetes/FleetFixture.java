package io.machineid.kubernetes;

import io.machineid.KubernetesCluster;
import io.machineid.testkit.RecordedRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the tests of fleets share. */
final class FleetFixture {

  private FleetFixture() {}

  /** Lists the pods of a cluster on the JDK's live client; the HTTP status. */
  static int pods(FleetCluster cluster) throws Exception {
    KubernetesAccess access = cluster.access();
    URI pods = URI.create(access.endpoint().server() + "/api/v1/namespaces/default/pods");
    HttpResponse<String> answer =
        access
            .httpClient()
            .send(HttpRequest.newBuilder(pods).build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("status " + answer.statusCode());
    }
    return answer.statusCode();
  }

  static <T> Map<String, Boolean> succeeded(List<FleetOutcome<T>> outcomes) {
    Map<String, Boolean> byName = new HashMap<>();
    outcomes.forEach(each -> byName.put(each.cluster().cluster().name(), each.succeeded()));
    return byName;
  }

  /** The name of a call. */
  static String call(RecordedRequest request) {
    String path = request.path();
    boolean grpc = path.startsWith("/proto.") || path.startsWith("/teleport.");
    return grpc ? path.substring(path.lastIndexOf('/') + 1) : path;
  }

  /** A cluster that has nothing but a name. */
  static FleetCluster called(String name) {
    return FleetCluster.missing(
        new FleetCluster.Fleet("test.example", ManualTime.now().forAccess()),
        new FleetSelection.Match(new KubernetesCluster(name, Map.of()), Optional.empty(), true));
  }
}
