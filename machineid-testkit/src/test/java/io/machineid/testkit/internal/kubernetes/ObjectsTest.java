package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.kubernetes.Api.Answer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of objects that clients write. */
class ObjectsTest {

  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String DEPLOYMENT =
      """
      {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"},
       "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "d"}},
        "template": {"metadata": {"labels": {"app": "d"}}, "spec": {"containers": [
         {"name": "a", "image": "one:1", "env": [{"name": "X", "value": "1"}]},
         {"name": "b", "image": "two:1"}]}}}}
      """;
  private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

  private Api api;

  @BeforeEach
  void open() throws IOException {
    api = new Api(RbacMode.OFF);
  }

  @AfterEach
  void close() {
    api.close();
  }

  private static String map(String name) {
    return "{\"metadata\": {\"name\": \"" + name + "\"}, \"data\": {\"a\": \"b\"}}";
  }

  @Test
  void create_newObject_hasIdentity() {
    Answer created = api.post(MAPS, map("one"), "User-Agent", "curl/8");

    assertThat(created.code()).isEqualTo(201);
    assertThat(created.text("/kind")).isEqualTo("ConfigMap");
    assertThat(created.text("/metadata/namespace")).isEqualTo("default");
    assertThat(created.text("/metadata/uid")).isNotEmpty();
    assertThat(created.text("/metadata/resourceVersion")).isNotEmpty();
    assertThat(created.text("/metadata/creationTimestamp")).endsWith("Z");
    assertThat(created.body().at("/metadata/managedFields/0/fieldsV1").toString())
        .isEqualTo("{\"f:data\":{\".\":{},\"f:a\":{}}}");
    assertThat(created.text("/metadata/managedFields/0/manager")).isEqualTo("curl");
  }

  @Test
  void create_takenName_isConflict() {
    api.post(MAPS, map("one"));

    Answer again = api.post(MAPS, map("one"));

    assertThat(again.code()).isEqualTo(409);
    assertThat(again.text("/reason")).isEqualTo("AlreadyExists");
    assertThat(again.text("/message")).isEqualTo("configmaps \"one\" already exists");
  }

  @Test
  void create_unknownNamespace_isNotFound() {
    Answer answer = api.post("/api/v1/namespaces/nowhere/configmaps", map("one"));

    assertThat(answer.code()).isEqualTo(404);
    assertThat(answer.text("/message")).isEqualTo("namespaces \"nowhere\" not found");
  }

  @Test
  void create_generateName_makesOne() {
    Answer answer = api.post(MAPS, "{\"metadata\": {\"generateName\": \"x-\"}}");

    assertThat(answer.text("/metadata/name")).matches("x-[a-z0-9]{5}");
  }

  @Test
  void create_dryRun_keepsNothing() {
    assertThat(api.post(MAPS + "?dryRun=All", map("one")).code()).isEqualTo(201);

    assertThat(api.get(MAPS + "/one").code()).isEqualTo(404);
  }

  @Test
  void create_badName_isInvalid() {
    Answer answer = api.post(MAPS, map("No_Good"));

    assertThat(answer.code()).isEqualTo(422);
    assertThat(answer.text("/details/causes/0/field")).isEqualTo("metadata.name");
  }

  @Test
  void create_yaml_works() {
    Answer answer =
        api.post(MAPS, "metadata: {name: y}\ndata: {k: v}", "Content-Type", "application/yaml");

    assertThat(answer.code()).isEqualTo(201);
    assertThat(answer.text("/data/k")).isEqualTo("v");
  }

  @Test
  void create_garbage_isBadRequest() {
    assertThat(api.post(MAPS, "{").code()).isEqualTo(400);
    assertThat(api.post(MAPS, "[]").code()).isEqualTo(400);
    assertThat(api.post(MAPS, "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"a\"}}").code())
        .isEqualTo(400);
  }

  @Test
  void create_hugeBody_isRefused() {
    Answer answer = api.post(MAPS, " ".repeat(3 * 1024 * 1024 + 1));

    assertThat(answer.code()).isEqualTo(413);
    assertThat(answer.text("/reason")).isEqualTo("RequestEntityTooLarge");
  }

  @Test
  void create_secretWithStringData_isEncoded() {
    Answer answer =
        api.post(
            "/api/v1/namespaces/default/secrets",
            "{\"metadata\": {\"name\": \"s\"}, \"stringData\": {\"k\": \"v\"}}");

    assertThat(answer.text("/data/k")).isEqualTo("dg==");
    assertThat(answer.text("/type")).isEqualTo("Opaque");
    assertThat(answer.body().has("stringData")).isFalse();
  }

  @Test
  void update_oldVersion_isConflict() {
    ObjectNode first = (ObjectNode) api.post(MAPS, map("one")).body();
    first.withObject("/data").put("a", "c");
    assertThat(api.put(MAPS + "/one", first).code()).isEqualTo(200);

    Answer second = api.put(MAPS + "/one", first.deepCopy());

    assertThat(second.code()).isEqualTo(409);
    assertThat(second.text("/reason")).isEqualTo("Conflict");
    assertThat(second.text("/message")).contains("the object has been modified");
  }

  @Test
  void update_nothingNew_keepsVersion() {
    ObjectNode first = (ObjectNode) api.post(MAPS, map("one")).body();

    Answer second = api.put(MAPS + "/one", first);

    assertThat(second.text("/metadata/resourceVersion"))
        .isEqualTo(first.at("/metadata/resourceVersion").asText());
  }

  @Test
  void patch_json_appliesOrIsInvalid() {
    api.post(MAPS, map("one"));

    Answer good =
        api.patch(
            MAPS + "/one",
            "json-patch+json",
            "[{\"op\": \"add\", \"path\": \"/data/x\", \"value\": \"y\"}]");
    Answer bad =
        api.patch(
            MAPS + "/one",
            "json-patch+json",
            "[{\"op\": \"test\", \"path\": \"/data/x\", \"value\": \"n\"}]");

    assertThat(good.text("/data/x")).isEqualTo("y");
    assertThat(bad.code()).isEqualTo(422);
  }

  @Test
  void patch_merge_removesNulls() {
    api.post(MAPS, map("one"));

    Answer patched =
        api.patch(
            MAPS + "/one", "merge-patch+json", "{\"data\": {\"a\": null, \"n\": {\"m\": null}}}");

    assertThat(patched.body().path("data").has("a")).isFalse();
  }

  @Test
  void patch_strategic_mergesListsByKey() {
    api.post(DEPLOYMENTS, DEPLOYMENT);

    Answer patched =
        api.patch(
            DEPLOYMENTS + "/d",
            "strategic-merge-patch+json",
            """
            {"spec": {"template": {"spec": {
              "$setElementOrder/containers": [{"name": "c"}, {"name": "a"}],
              "containers": [
                {"name": "a", "image": "one:2", "env": [{"name": "Y", "value": "2"}]},
                {"name": "b", "$patch": "delete"},
                {"name": "c", "image": "three"}]}}}}
            """);

    assertThat(patched.code()).isEqualTo(200);
    assertThat(patched.body().at("/spec/template/spec/containers").findValuesAsText("image"))
        .containsExactly("three", "one:2");
    assertThat(patched.body().at("/spec/template/spec/containers/1/env").findValuesAsText("name"))
        .containsExactly("X", "Y");
    assertThat(patched.text("/metadata/generation")).isEqualTo("2");
  }

  @Test
  void patch_unknownFormat_isRefused() {
    api.post(MAPS, map("one"));

    assertThat(api.patch(MAPS + "/one", "json", "{}").code()).isEqualTo(415);
  }

  @Test
  void apply_otherManagersField_isConflictUntilForced() {
    String mine = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: mine, m: m}";
    String yours = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: yours}";
    String less = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {}";
    Answer first = api.patch(MAPS + "/one?fieldManager=me", "apply-patch+yaml", mine);
    Answer refused = api.patch(MAPS + "/one?fieldManager=you", "apply-patch+yaml", yours);
    Answer forced = api.patch(MAPS + "/one?fieldManager=you&force=true", "apply-patch+yaml", yours);
    Answer fewer = api.patch(MAPS + "/one?fieldManager=me", "apply-patch+yaml", less);

    assertThat(first.code()).isEqualTo(201);
    assertThat(refused.code()).isEqualTo(409);
    assertThat(refused.text("/details/causes/0/field")).isEqualTo(".data.a");
    assertThat(refused.text("/message")).contains("conflict with \"me\"");
    assertThat(forced.text("/data/a")).isEqualTo("yours");
    assertThat(fewer.body().path("data").toString()).isEqualTo("{\"a\":\"yours\"}");
  }

  @Test
  void delete_object_isGone() {
    api.post(MAPS, map("one"));

    Answer deleted = api.delete(MAPS + "/one");

    assertThat(deleted.code()).isEqualTo(200);
    assertThat(deleted.text("/status")).isEqualTo("Success");
    assertThat(deleted.text("/details/kind")).isEqualTo("configmaps");
    assertThat(api.get(MAPS + "/one").code()).isEqualTo(404);
  }

  @Test
  void delete_withFinalizer_waitsForIt() {
    api.post(MAPS, "{\"metadata\": {\"name\": \"one\", \"finalizers\": [\"a.b/c\"]}}");

    Answer deleted = api.delete(MAPS + "/one");
    Answer patched =
        api.patch(MAPS + "/one", "merge-patch+json", "{\"metadata\": {\"finalizers\": null}}");

    assertThat(deleted.text("/metadata/deletionTimestamp")).isNotEmpty();
    assertThat(patched.code()).isEqualTo(200);
    assertThat(api.get(MAPS + "/one").code()).isEqualTo(404);
  }

  @Test
  void delete_owner_takesDependents() {
    String uid = api.post(MAPS, map("owner")).text("/metadata/uid");
    api.post(
        MAPS,
        "{\"metadata\": {\"name\": \"child\", \"ownerReferences\": [{\"apiVersion\": \"v1\","
            + " \"kind\": \"ConfigMap\", \"name\": \"owner\", \"uid\": \""
            + uid
            + "\"}]}}");

    api.delete(MAPS + "/owner");

    assertThat(api.get(MAPS).names()).isEmpty();
  }

  @Test
  void delete_namespace_takesContents() {
    api.post("/api/v1/namespaces", "{\"metadata\": {\"name\": \"n\"}}");
    api.post("/api/v1/namespaces/n/configmaps", map("one"));

    Answer deleted = api.delete("/api/v1/namespaces/n");

    assertThat(deleted.text("/status/phase")).isEqualTo("Terminating");
    assertThat(api.get("/api/v1/namespaces/n").code()).isEqualTo(404);
    assertThat(api.get("/api/v1/configmaps").names()).isEmpty();
  }

  @Test
  void deleteCollection_bySelector_takesThoseOnly() {
    api.post(MAPS, "{\"metadata\": {\"name\": \"a\", \"labels\": {\"x\": \"1\"}}}");
    api.post(MAPS, map("b"));

    api.delete(MAPS + "?labelSelector=x%3D1");

    assertThat(api.get(MAPS).names()).containsExactly("b");
  }

  @Test
  void status_isWrittenApart() {
    ObjectNode created = (ObjectNode) api.post(DEPLOYMENTS, DEPLOYMENT).body();
    created.withObject("/status").put("readyReplicas", 3);
    created.withObject("/spec").put("replicas", 9);

    Answer status = api.put(DEPLOYMENTS + "/d/status", created);

    assertThat(status.text("/status/readyReplicas")).isEqualTo("3");
    assertThat(status.text("/spec/replicas")).isEqualTo("0");
  }

  @Test
  void scale_changesReplicas() {
    api.post(DEPLOYMENTS, DEPLOYMENT);

    Answer scaled =
        api.patch(DEPLOYMENTS + "/d/scale", "merge-patch+json", "{\"spec\": {\"replicas\": 4}}");

    assertThat(scaled.text("/kind")).isEqualTo("Scale");
    assertThat(scaled.text("/status/selector")).isEqualTo("app=d");
    assertThat(api.get(DEPLOYMENTS + "/d").text("/spec/replicas")).isEqualTo("4");
  }

  @Test
  void customResource_afterDefinition_isServed() {
    String crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    api.post(
        crds,
        """
        {"metadata": {"name": "widgets.example.com"}, "spec": {"group": "example.com",
         "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
         "versions": [{"name": "v1", "served": true, "storage": true,
          "additionalPrinterColumns": [
           {"name": "Size", "type": "integer", "jsonPath": ".spec.size"}]}]}}
        """);
    String widgets = "/apis/example.com/v1/namespaces/default/widgets";
    api.post(widgets, "{\"metadata\": {\"name\": \"w\"}, \"spec\": {\"size\": 3}}");

    Answer table =
        api.get(widgets, "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");

    assertThat(api.get("/apis/example.com/v1").text("/resources/0/kind")).isEqualTo("Widget");
    assertThat(table.body().at("/rows/0/cells").toString()).isEqualTo("[\"w\",3]");
    assertThat(api.delete(crds + "/widgets.example.com").code()).isEqualTo(200);
    assertThat(api.get(widgets).code()).isEqualTo(404);
  }
}
