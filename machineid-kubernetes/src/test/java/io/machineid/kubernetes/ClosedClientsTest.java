package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.machineid.Credential;
import io.machineid.KubernetesCluster;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Services that open a client for each task and close it after: for months, on one access. */
class ClosedClientsTest {

  private final TestPki.Identity hostAuthority = TestPki.authority("example.test");
  private final TestPki.Identity userAuthority = TestPki.authority("example.test");
  private final TestKube kube =
      new TestKube(hostAuthority.server(TestKube.NAME), userAuthority.certificate());
  private final KubernetesAccess access =
      new KubernetesAccess(
          "example.test",
          new KubernetesCluster("example", Map.of()),
          kube.endpoint(),
          new StubCredential(credential()),
          ManualTime.now().forAccess());

  @AfterEach
  void close() {
    access.close();
    kube.close();
  }

  enum Kind {
    JDK(Fabric8::client),
    OKHTTP(Fabric8::clientOnOkHttp);

    private final Function<KubernetesAccess, KubernetesClient> opener;

    Kind(Function<KubernetesAccess, KubernetesClient> opener) {
      this.opener = opener;
    }

    KubernetesClient open(KubernetesAccess access) {
      return opener.apply(access);
    }
  }

  @ParameterizedTest
  @EnumSource
  void client_thatItsUserClosed_isHeldByNobody(Kind kind) {
    WeakReference<?> transport = useAndClose(kind);

    try (KubernetesClient next = kind.open(access)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(transport.get()).isNull();
              });
      assertThat(pods(next)).isEqualTo(1);
    }
  }

  private WeakReference<?> useAndClose(Kind kind) {
    try (KubernetesClient client = kind.open(access)) {
      assertThat(pods(client)).isEqualTo(1);
      return new WeakReference<>(client.getHttpClient());
    }
  }

  private static int pods(KubernetesClient client) {
    return client.pods().inNamespace("default").list().getItems().size();
  }

  private Credential credential() {
    return userAuthority.client("bot-a", Instant.now().plusSeconds(600)).credential(hostAuthority);
  }
}
