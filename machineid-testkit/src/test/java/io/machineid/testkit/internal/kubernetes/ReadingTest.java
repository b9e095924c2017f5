package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testkit.internal.kubernetes.Api.Answer;
import io.machineid.testkit.internal.kubernetes.Api.Watch;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Discovery, lists, tables, watches. */
class ReadingTest {

  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

  private Api api;

  @BeforeEach
  void open() throws IOException {
    api = new Api(RbacMode.OFF);
  }

  @AfterEach
  void close() {
    api.close();
  }

  private void add(String name, String label) {
    api.post(
        MAPS,
        "{\"metadata\": {\"name\": \"" + name + "\", \"labels\": {\"l\": \"" + label + "\"}}}");
  }

  @Test
  void discovery_everyDocument_answers() {
    assertThat(api.get("/api").text("/versions/0")).isEqualTo("v1");
    assertThat(api.get("/apis").body().at("/groups").findValuesAsText("name")).contains("apps");
    assertThat(api.get("/api/v1").body().at("/resources").findValuesAsText("name"))
        .contains("pods", "pods/log", "namespaces");
    assertThat(api.get("/apis/apps/v1").text("/groupVersion")).isEqualTo("apps/v1");
    assertThat(api.get("/version").text("/gitVersion")).startsWith("v1.");
    assertThat(api.get("/readyz").body().asText()).isEqualTo("ok");
    assertThat(api.get("/openapi/v2").text("/swagger")).isEqualTo("2.0");
    assertThat(api.get("/openapi/v3").body().at("/paths").has("apis/apps/v1")).isTrue();
    assertThat(api.get("/openapi/v3/api/v1").text("/openapi")).isEqualTo("3.0.0");
    assertThat(api.get("/apis/no.such/v1").code()).isEqualTo(404);
  }

  @Test
  void discovery_aggregated_holdsAllKinds() {
    Answer answer =
        api.get(
            "/apis",
            "Accept",
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");

    assertThat(answer.text("/kind")).isEqualTo("APIGroupDiscoveryList");
    assertThat(answer.text("/apiVersion")).isEqualTo("apidiscovery.k8s.io/v2");
    assertThat(answer.body().findValuesAsText("resource")).contains("deployments", "leases");
  }

  @Test
  void list_namespaces_holdsTheUsualOnes() {
    assertThat(api.get("/api/v1/namespaces").names())
        .containsExactly("default", "kube-node-lease", "kube-public", "kube-system");
  }

  @Test
  void list_selectors_choose() {
    add("a", "1");
    add("b", "2");
    add("c", "3");

    assertThat(api.get(MAPS + "?labelSelector=l%3D1").names()).containsExactly("a");
    assertThat(api.get(MAPS + "?labelSelector=l!%3D1").names()).containsExactly("b", "c");
    assertThat(api.get(MAPS + "?labelSelector=l+in+(1,3)").names()).containsExactly("a", "c");
    assertThat(api.get(MAPS + "?labelSelector=l+notin+(1,3),l").names()).containsExactly("b");
    assertThat(api.get(MAPS + "?labelSelector=!l").names()).isEmpty();
    assertThat(api.get(MAPS + "?fieldSelector=metadata.name%3Db").names()).containsExactly("b");
    assertThat(api.get(MAPS + "?fieldSelector=no.such%3Db").code()).isEqualTo(400);
  }

  @Test
  void list_limited_continues() {
    List.of("a", "b", "c").forEach(name -> add(name, "1"));

    Answer first = api.get(MAPS + "?limit=2");
    Answer rest = api.get(MAPS + "?limit=2&continue=" + first.text("/metadata/continue"));

    assertThat(first.names()).containsExactly("a", "b");
    assertThat(first.text("/metadata/remainingItemCount")).isEqualTo("1");
    assertThat(rest.names()).containsExactly("c");
    assertThat(rest.text("/metadata/continue")).isEmpty();
    assertThat(api.get(MAPS + "?continue=nonsense").code()).isEqualTo(400);
  }

  @Test
  void list_items_haveNoKindOfTheirOwn() {
    add("a", "1");

    Answer answer = api.get(MAPS);

    assertThat(answer.text("/kind")).isEqualTo("ConfigMapList");
    assertThat(answer.body().at("/items/0").has("kind")).isFalse();
  }

  @Test
  void accept_whatCannotBe_isRefused() {
    assertThat(api.get(MAPS, "Accept", "image/png").code()).isEqualTo(406);
    assertThat(api.get(MAPS, "Accept", "application/vnd.kubernetes.protobuf").text("/kind"))
        .isEqualTo("ConfigMapList");
    assertThat(api.get(MAPS, "Accept", "application/yaml").body().asText())
        .contains("kind: \"ConfigMapList\"");
  }

  @Test
  void table_pods_showsThemAsKubectlDoes() {
    api.kubernetes
        .fixture()
        .add(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: default}
            spec: {containers: [{name: c, image: nginx}]}
            status:
              phase: Running
              containerStatuses: [{name: c, ready: true, restartCount: 2}]
            """);

    JsonNode table = api.get("/api/v1/pods", "Accept", TABLE + ",application/json").body();

    assertThat(table.path("kind").asText()).isEqualTo("Table");
    assertThat(table.path("columnDefinitions").findValuesAsText("name"))
        .containsExactly(
            "Name",
            "Ready",
            "Status",
            "Restarts",
            "Age",
            "IP",
            "Node",
            "Nominated Node",
            "Readiness Gates");
    assertThat(table.at("/rows/0/cells").toString())
        .startsWith("[\"p\",\"1/1\",\"Running\",\"2\",");
    assertThat(table.at("/rows/0/object/kind").asText()).isEqualTo("PartialObjectMetadata");
  }

  @Test
  void watch_changes_comeInOrder() {
    add("old", "1");
    Watch watch = api.watch(MAPS + "?watch=1");
    await().until(() -> watch.events().size() == 1);

    add("new", "1");
    api.patch(MAPS + "/new", "merge-patch+json", "{\"data\": {\"k\": \"v\"}}");
    api.delete(MAPS + "/new");

    await().until(() -> watch.events().size() == 4);
    assertThat(watch.seen())
        .containsExactly("ADDED old", "ADDED new", "MODIFIED new", "DELETED new");
  }

  @Test
  void watch_fromVersion_bringsWhatCameAfter() {
    add("a", "1");
    String version = api.get(MAPS).text("/metadata/resourceVersion");
    add("b", "1");

    Watch watch = api.watch(MAPS + "?watch=1&timeoutSeconds=1&resourceVersion=" + version);

    watch.end().join();
    assertThat(watch.seen()).containsExactly("ADDED b");
  }

  @Test
  void watch_objectLeavesSelection_isDeletedForIt() {
    add("a", "1");
    Watch watch = api.watch(MAPS + "?watch=1&labelSelector=l%3D1");
    await().until(() -> watch.events().size() == 1);

    api.patch(MAPS + "/a", "merge-patch+json", "{\"metadata\": {\"labels\": {\"l\": \"2\"}}}");

    await().until(() -> watch.events().size() == 2);
    assertThat(watch.seen()).containsExactly("ADDED a", "DELETED a");
  }

  @Test
  void watch_initialEventsAndBookmarks_tellTheVersion() {
    add("a", "1");

    Watch watch =
        api.watch(
            MAPS
                + "?watch=1&allowWatchBookmarks=true&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan");

    await().until(() -> watch.events().size() >= 3);
    assertThat(watch.seen()).startsWith("ADDED a", "BOOKMARK ", "BOOKMARK ");
    assertThat(
            watch
                .events()
                .get(1)
                .at("/object/metadata/annotations")
                .path("k8s.io/initial-events-end")
                .asText())
        .isEqualTo("true");
  }

  @Test
  void watch_forgottenVersion_isExpired() {
    String version = api.get(MAPS).text("/metadata/resourceVersion");
    KubernetesFixture fixture = api.kubernetes.fixture();
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 5_100; i++) {
      many.append("---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: m").append(i);
      many.append(", namespace: kube-public}}\n");
    }
    fixture.add(many.toString());

    Watch watch = api.watch(MAPS + "?watch=1&resourceVersion=" + version);

    watch.end().join();
    assertThat(watch.events().get(0).path("type").asText()).isEqualTo("ERROR");
    assertThat(watch.events().get(0).at("/object/code").asInt()).isEqualTo(410);
  }

  @Test
  void watch_closedBackend_ends() {
    Watch watch = api.watch(MAPS + "?watch=1&allowWatchBookmarks=true");
    await().until(() -> !watch.events().isEmpty());

    api.kubernetes.close();

    await().until(() -> watch.end().isDone());
  }

  @Test
  void log_containerOutput_isShown() {
    KubernetesFixture fixture = api.kubernetes.fixture();
    fixture.add(
        "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}, spec: {containers:"
            + " [{name: c, image: i}]}}");
    fixture.appendLog("default", "p", "c", "one\ntwo\n");
    String log = "/api/v1/namespaces/default/pods/p/log";

    assertThat(api.get(log).body().asText()).isEqualTo("one\ntwo\n");
    assertThat(api.get(log + "?tailLines=1").body().asText()).isEqualTo("two\n");
    assertThat(api.get(log + "?container=x").code()).isEqualTo(400);
    assertThat(api.get("/api/v1/namespaces/default/pods/nope/log").text("/message"))
        .isEqualTo("pods \"nope\" not found");
  }

  @Test
  void requests_seen_areRecorded() {
    api.get("/api/v1/pods?limit=1", "Impersonate-User", "bot-x", "Impersonate-Group", "g");

    List<SeenRequest> requests = api.kubernetes.fixture().requests();

    assertThat(requests)
        .containsExactly(new SeenRequest("GET", "/api/v1/pods?limit=1", "bot-x", List.of("g")));
  }
}
