package io.machineid.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.machineid.Bot;
import io.machineid.BotState;
import io.machineid.CredentialException;
import io.machineid.join.JoinMethod;
import io.machineid.kubernetes.Fabric8;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TeleportCluster;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestTimers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The tests that {@code docs/testing.md} shows. */
// snippet
@TeleportCluster(kubernetesClusters = "example-k8s-cluster", roles = PodListTest.ROLE)
class PodListTest {

  static final String ROLE =
      """
      kind: role
      version: v7
      metadata: {name: example-role}
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
          kubernetes_resources: [{kind: '*', namespace: '*', name: '*', verbs: ['*']}]
      """;

  private static Bot start(TestCluster teleport, String name) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot(name, "example-role").token()))
        .clock(teleport.clock())
        .start(Duration.ofSeconds(30));
  }

  @Test
  void pods_inTheCluster_areListed(TestCluster teleport) {
    teleport
        .kubernetes("example-k8s-cluster")
        .add(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: shop}
            spec: {containers: [{name: web, image: nginx}]}
            """);

    try (Bot bot = start(teleport, "lister");
        KubernetesAccess access = KubernetesAccess.to(bot, "example-k8s-cluster");
        KubernetesClient client = Fabric8.client(access)) {
      assertThat(client.pods().inNamespace("shop").list().getItems()).hasSize(1);
    }

    assertThat(teleport.requests())
        .filteredOn(request -> request.service().equals("KUBERNETES"))
        .extracting(RecordedRequest::method, RecordedRequest::path, RecordedRequest::status)
        .contains(tuple("GET", "/api/v1/namespaces/shop/pods", "200"));
  }

  // end

  @Test
  void request_afterTheEnd_isNotSent() {
    // snippet
    TestClock clock = TestClock.running();
    try (TestCluster teleport =
        TestCluster.builder()
            .clock(clock)
            .kubernetesCluster("example-k8s-cluster", Map.of("env", "test"))
            .start()) {
      teleport.createRole(ROLE);
      try (Bot bot = start(teleport, "sleeper");
          KubernetesAccess access = KubernetesAccess.to(bot, "example-k8s-cluster")) {
        clock.advance(Duration.ofHours(2)); // as if the machine had slept

        assertThat(bot.state()).isEqualTo(BotState.EXPIRED);
        HttpRequest request = HttpRequest.newBuilder(access.endpoint().server()).build();
        assertThatThrownBy(() -> access.httpClient().send(request, BodyHandlers.ofString()))
            .isInstanceOf(CredentialException.class);
      }
    }
    // end
  }

  @Test
  void renewal_comesWhenTheTestSaysSo() {
    // snippet
    TestClock clock = TestClock.running();
    TestTimers timers = new TestTimers(clock);
    try (TestCluster teleport = TestCluster.builder().clock(clock).start()) {
      teleport.createFullAccessRole("example-role");
      try (Bot bot =
          Bot.builder()
              .proxy(teleport.proxyAddress())
              .webRoots(List.of(teleport.webAuthority()))
              .join(JoinMethod.token(teleport.addBot("renewer", "example-role").token()))
              .clock(clock)
              .scheduler((task, delay) -> timers.schedule(task, delay)::run)
              .start(Duration.ofSeconds(30))) {
        timers.advance(Duration.ofMinutes(25)); // an identity of an hour is renewed after a third

        await().until(() -> bot.identity().generation().equals(OptionalLong.of(2)));
      }
    }
    // end
  }

  @Test
  void role_thatARealClusterRefuses_isLoadedWithAWarning() {
    // snippet
    try (TestCluster teleport = TestCluster.start()) {
      List<String> warnings = teleport.createRole(ROLE.replace("v7", "v6"));

      assertThat(warnings).singleElement().asString().contains("Upgrade the role version");
    }
    // end
  }
}
