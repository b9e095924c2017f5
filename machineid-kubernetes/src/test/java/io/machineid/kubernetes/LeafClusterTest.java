package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.machineid.Bot;
import io.machineid.CredentialException;
import io.machineid.CredentialRequest;
import io.machineid.MachineIdException.Reason;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kubernetes clusters of a leaf cluster, through the proxy of the bot's own. */
class LeafClusterTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String LEAF = "leaf.example";
  private static final String OF_LEAF = "leaf-k8s-cluster";
  private static final CredentialRequest REQUEST =
      CredentialRequest.kubernetes(OF_LEAF, "example-role").routedTo(LEAF);

  private TestCluster root;
  private TestCluster leaf;
  private Bot bot;

  @BeforeEach
  void start() {
    root = cluster("root.example", "root-k8s-cluster");
    leaf = cluster(LEAF, OF_LEAF);
    root.addLeaf(leaf, "example-role");
    bot =
        Bot.builder()
            .proxy(root.proxyAddress())
            .webRoots(List.of(root.webAuthority()))
            .join(JoinMethod.token(root.addBot("example", "example-role", "other-role").token()))
            .start(SOON);
  }

  private static TestCluster cluster(String name, String kubernetes) {
    TestCluster cluster =
        TestCluster.builder()
            .clusterName(name)
            .teleportVersion(18)
            .kubernetesCluster(kubernetes, Map.of())
            .start();
    cluster.createFullAccessRole("example-role");
    cluster.createFullAccessRole("other-role");
    cluster
        .kubernetes(kubernetes)
        .add(
            "{apiVersion: v1, kind: Pod, metadata: {name: web-0, namespace: default}, spec: {containers: [{name: web, image: web}]}}");
    return cluster;
  }

  @AfterEach
  void stop() {
    bot.close();
    root.close();
    leaf.close();
  }

  private int pods(KubernetesAccess access) {
    try (KubernetesClient client = Fabric8.client(access)) {
      return client.pods().inAnyNamespace().list().getItems().size();
    }
  }

  @Test
  void podsOfALeaf_areListedThroughTheProxyOfTheRoot_andAfterARenewal() {
    try (KubernetesAccess access = KubernetesAccess.to(bot, REQUEST)) {
      assertThat(pods(access)).isEqualTo(1);
      assertThat(access.endpoint().server())
          .isEqualTo(URI.create("https://" + root.proxyAddress()));
      assertThat(access.kubeconfig().toYaml()).contains(LEAF + "-" + OF_LEAF);
      assertThat(leaf.requests()).as("the leaf's own proxy").isEmpty();

      bot.renewSoon();
      Awaitility.await().atMost(SOON).until(() -> access.credential().current().generation() > 1);
      assertThat(access.credential().current().certificate().getSubjectX500Principal().getName())
          .contains("STREET=" + LEAF);
      assertThat(pods(access)).isEqualTo(1);
    }
  }

  @Test
  void leafThatTheRootDoesNotKnow_isNamed() {
    CredentialException error =
        catchThrowableOfType(
            CredentialException.class,
            () -> KubernetesAccess.to(bot, REQUEST.routedTo("other.example")).close());

    assertThat(error).isNotNull();
    assertThat(error.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(error.retryable()).isFalse();
    assertThat(error)
        .hasMessageContaining("remote cluster \"other.example\" is not found")
        .hasMessageContaining("tctl get remote_clusters");
  }

  private static int status(KubernetesAccess access, String path)
      throws IOException, InterruptedException {
    return access
        .httpClient()
        .send(
            HttpRequest.newBuilder(URI.create(access.endpoint().server() + path)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void nameAndRoleThatTheLeafDoesNotKnow_showWithTheFirstRequest() throws Exception {
    try (KubernetesAccess nowhere =
            KubernetesAccess.to(bot, REQUEST.forKubernetesCluster("root-k8s-cluster"));
        KubernetesAccess stranger = KubernetesAccess.to(bot, REQUEST.withRoles("other-role"))) {
      assertThat(status(nowhere, "/api/v1/pods")).isEqualTo(404);
      assertThat(status(stranger, "/api/v1/pods")).isEqualTo(404);
    }
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void pathOfARequest_mayNameTheLeafOfItsCertificate_andNoOther() throws Exception {
    String path = "/v1/teleport/%s/%s/api/v1/pods";
    try (KubernetesAccess access = KubernetesAccess.to(bot, REQUEST)) {
      assertThat(status(access, path.formatted(base64(LEAF), base64(OF_LEAF)))).isEqualTo(200);
      assertThat(status(access, path.formatted(base64("root.example"), base64("root-k8s-cluster"))))
          .isEqualTo(400);
    }
  }

  @Test
  void ownCluster_namedAsTheRoute_isLookedForAsUsual() {
    try (KubernetesAccess access =
        KubernetesAccess.to(
            bot,
            CredentialRequest.kubernetes("root-k8s-cluster", "example-role")
                .routedTo("root.example"))) {
      assertThat(pods(access)).isEqualTo(1);
      assertThat(access.kubeconfig().toYaml()).contains("root.example-root-k8s-cluster");
    }
    CredentialException error =
        catchThrowableOfType(
            CredentialException.class, () -> KubernetesAccess.to(bot, OF_LEAF).close());
    assertThat(error).isNotNull();
    assertThat(error.reason()).isEqualTo(Reason.NOT_FOUND);
  }
}
