package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Roles and bindings, where they are enforced. */
class RbacTest {

  private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

  private Api api;

  @BeforeEach
  void open() throws IOException {
    api = new Api(RbacMode.ENFORCED).with("Impersonate-User", "bot-x", "Impersonate-Group", "dev");
  }

  @AfterEach
  void close() {
    api.close();
  }

  private void bind(String kind, String namespace, String role) {
    api.kubernetes
        .fixture()
        .add(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: %s
            metadata: {name: test, namespace: '%s'}
            roleRef: {kind: ClusterRole, name: %s}
            subjects: [{kind: Group, name: dev}]
            """
                .formatted(kind, namespace, role));
  }

  @Test
  void unbound_discoveryOnly() {
    assertThat(api.get("/api/v1").code()).isEqualTo(200);
    assertThat(api.get("/version").code()).isEqualTo(200);
    assertThat(api.get("/api/v1/pods").code()).isEqualTo(403);
  }

  @Test
  void roleBinding_ofView_readsThatNamespaceWithoutSecrets() {
    bind("RoleBinding", "default", "view");

    assertThat(api.get("/api/v1/namespaces/default/pods").code()).isEqualTo(200);
    assertThat(api.get("/api/v1/namespaces/default/secrets").code()).isEqualTo(403);
    assertThat(api.get("/api/v1/namespaces/kube-system/pods").code()).isEqualTo(403);
    assertThat(api.get("/api/v1/pods").text("/message"))
        .isEqualTo(
            "pods is forbidden: User \"bot-x\" cannot list resource \"pods\" in API group \"\" at"
                + " the cluster scope");
    assertThat(api.post("/api/v1/namespaces/default/pods", "{}").code()).isEqualTo(403);
  }

  @Test
  void clusterRoleBinding_ofClusterAdmin_mayDoAll() {
    bind("ClusterRoleBinding", "", "cluster-admin");

    assertThat(api.get("/api/v1/nodes").code()).isEqualTo(200);
    assertThat(api.get("/nosuch").code()).isEqualTo(404);
  }

  @Test
  void role_withNames_allowsThoseOnly() {
    api.kubernetes
        .fixture()
        .add(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: one, namespace: default}
            rules: [{apiGroups: [''], resources: [configmaps], resourceNames: [one], verbs: [get]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: one, namespace: default}
            roleRef: {kind: Role, name: one}
            subjects: [{kind: User, name: bot-x}]
            """);

    assertThat(api.get("/api/v1/namespaces/default/configmaps/one").code()).isEqualTo(404);
    assertThat(api.get("/api/v1/namespaces/default/configmaps/two").code()).isEqualTo(403);
  }

  @Test
  void accessReview_asksTheSameRules() {
    bind("RoleBinding", "default", "edit");
    String spec =
        "{\"spec\": {\"resourceAttributes\": {\"verb\": \"%s\", \"resource\": \"pods\","
            + " \"namespace\": \"default\"}}}";
    String roles = spec.replace("pods", "roles");

    assertThat(api.post(REVIEWS, spec.formatted("create")).text("/status/allowed"))
        .isEqualTo("true");
    assertThat(api.post(REVIEWS, roles.formatted("create")).text("/status/allowed"))
        .isEqualTo("false");
  }

  @Test
  void rulesReview_listsRules() {
    bind("RoleBinding", "default", "view");

    assertThat(
            api.post(
                    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                    "{\"spec\": {\"namespace\": \"default\"}}")
                .body()
                .at("/status/resourceRules")
                .toString())
        .contains("configmaps");
  }

  @Test
  void nobodyImpersonated_mayDoAll() throws IOException {
    try (Api plain = new Api(RbacMode.ENFORCED)) {
      assertThat(plain.get("/api/v1/nodes").code()).isEqualTo(200);
    }
  }
}
