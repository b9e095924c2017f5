package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cluster as tests prepare it. */
class KubernetesFixtureTest {

  private final InMemoryKubernetes kubernetes = new InMemoryKubernetes(InstantSource.system());
  private final KubernetesFixture fixture = kubernetes.fixture();

  @AfterEach
  void close() {
    kubernetes.close();
  }

  @Test
  void add_manyDocuments_areThere() {
    fixture.add(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a, namespace: fresh}
        ---
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {selector: {}}}
        """);

    assertThat(fixture.names("cm", "fresh")).containsExactly("a");
    assertThat(fixture.names("namespaces", "")).contains("fresh");
    assertThat(fixture.names("deployments.apps", "default")).containsExactly("d");
  }

  @Test
  void add_again_replacesStatusToo() {
    String pod =
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c}]},"
            + " status: {phase: %s}}";
    fixture.add(pod.formatted("Pending"));
    fixture.add(pod.formatted("Running"));

    assertThat(fixture.get("Pod", "default", "p").orElseThrow()).contains("phase: \"Running\"");
  }

  @Test
  void add_shortStatus_isCompleted() {
    fixture.add(
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]},"
            + " status: {containerStatuses: [{name: c, ready: true}]}}");

    assertThat(fixture.get("Pod", "default", "p").orElseThrow())
        .contains("image: \"i\"", "imageID: \"\"", "restartCount: 0", "ready: true");
  }

  @Test
  void delete_saysWhetherItWasThere() {
    fixture.add("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");

    assertThat(fixture.delete("configmap", "default", "a")).isTrue();
    assertThat(fixture.delete("configmap", "default", "a")).isFalse();
  }

  @Test
  void add_nonsense_isRefused() {
    assertThatThrownBy(() -> fixture.add("{apiVersion: v1, kind: Wat, metadata: {name: a}}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Wat");
    assertThatThrownBy(() -> fixture.add("[1, 2")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fixture.names("wat", "default"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ages_arePrintedAsKubectlDoes() {
    assertThat(Ages.of(Duration.ofSeconds(119))).isEqualTo("119s");
    assertThat(Ages.of(Duration.ofSeconds(150))).isEqualTo("2m30s");
    assertThat(Ages.of(Duration.ofMinutes(32))).isEqualTo("32m");
    assertThat(Ages.of(Duration.ofMinutes(185))).isEqualTo("3h5m");
    assertThat(Ages.of(Duration.ofHours(50))).isEqualTo("2d2h");
    assertThat(Ages.of(Duration.ofDays(30))).isEqualTo("30d");
    assertThat(Ages.of(Duration.ofDays(800))).isEqualTo("2y70d");
    assertThat(Ages.since("", Instant.EPOCH)).isEqualTo("<unknown>");
  }
}
