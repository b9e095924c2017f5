package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.testkit.internal.kubernetes.Api.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Answers equal those of a real API server. */
class GoldenTest {

  private static final String[] CALLER = {
    "Impersonate-User", "bot-kx-ok", "Impersonate-Group", "editor"
  };

  private static JsonNode body(String file) throws IOException {
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/kube/" + file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new ObjectMapper().readTree(text.substring(text.indexOf("\n{") + 1));
    }
  }

  @Test
  void get_missingObject_isTheSameStatus() throws IOException {
    try (Api api = new Api(RbacMode.OFF)) {
      Answer answer = api.get("/api/v1/namespaces/default/configmaps/nosuch", CALLER);

      assertThat(answer.code()).isEqualTo(404);
      assertThat(answer.body()).isEqualTo(body("not-found.txt"));
      assertThat(api.get("/api/v1/namespaces/default/pods/p1/log").body())
          .isEqualTo(body("logs.txt"));
    }
  }

  @Test
  void delete_object_isTheSameSuccess() throws IOException {
    try (Api api = new Api(RbacMode.OFF)) {
      String maps = "/api/v1/namespaces/default/configmaps";
      String uid = api.post(maps, "{\"metadata\": {\"name\": \"golden\"}}").text("/metadata/uid");

      String answer = api.delete(maps + "/golden").body().toString();

      String golden = body("delete-configmap.txt").toString();
      assertThat(answer)
          .isEqualTo(golden.replaceFirst("\"uid\":\"[^\"]*\"", "\"uid\":\"" + uid + "\""));
    }
  }

  @Test
  void selfSubjectReview_impersonated_namesUserAndGroups() throws IOException {
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-22T22:17:26Z"));
    try (Api api = new Api(RbacMode.OFF, clock)) {
      Answer answer =
          api.post(
              "/apis/authentication.k8s.io/v1/selfsubjectreviews",
              "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}",
              CALLER);

      assertThat(answer.code()).isEqualTo(201);
      assertThat(answer.body()).isEqualTo(body("selfsubjectreview.txt"));
    }
  }

  @Test
  void rbac_notAllowed_isTheSameStatus() throws IOException {
    try (Api api = new Api(RbacMode.ENFORCED)) {
      Answer pods = api.get("/api/v1/namespaces/default/pods", "Impersonate-User", "bot-kx-weak");
      Answer path = api.get("/nosuch", CALLER);

      assertThat(pods.code()).isEqualTo(403);
      assertThat(pods.body()).isEqualTo(body("rbac-kubernetes-forbidden.txt"));
      assertThat(path.body()).isEqualTo(body("unknown-path.txt"));
    }
  }
}
