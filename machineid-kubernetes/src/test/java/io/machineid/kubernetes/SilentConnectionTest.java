package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.Bot;
import io.machineid.CredentialRequest;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection that is lost without a word, as while a machine sleeps or behind a firewall. */
class SilentConnectionTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String PODS = "/api/v1/namespaces/default/pods";

  private final TestCluster teleport = TestCluster.start();
  private final MutingProxy proxy = new MutingProxy();
  private final Bot bot = bot();
  private final KubernetesAccess access =
      new KubernetesAccess(
          "test.example",
          bot.kubernetesClusters(List.of()).get(0),
          bot.kubernetesEndpoint(),
          bot.credential(CredentialRequest.kubernetes("one")),
          ManualTime.now().through(proxy));

  private Bot bot() {
    teleport.createFullAccessRole("example-role");
    teleport.addKubernetesCluster("one", Map.of());
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
        .start(SOON);
  }

  @AfterEach
  void stop() throws Exception {
    access.close();
    bot.close();
    proxy.close();
    teleport.close();
  }

  private HttpRequest.Builder get(String path) {
    return HttpRequest.newBuilder(URI.create(access.endpoint().server() + path));
  }

  private int status(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer =
        access.httpClient().send(request.timeout(SOON).build(), BodyHandlers.ofString());
    return answer.statusCode();
  }

  @Test
  void request_afterOneThatGotNoAnswer_takesANewConnection() throws Exception {
    assertThat(status(get(PODS))).isEqualTo(200);
    HttpResponse<InputStream> watch =
        access.httpClient().send(get(PODS + "?watch=true").build(), BodyHandlers.ofInputStream());
    proxy.mute();
    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(
            () ->
                access
                    .httpClient()
                    .send(
                        get(PODS).timeout(Duration.ofSeconds(5)).build(),
                        BodyHandlers.discarding()));

    assertThat(status(get(PODS))).isEqualTo(200);
    assertThat(status(get(PODS))).isEqualTo(200);

    assertThat(proxy.tunnels()).isEqualTo(2);
    watch.body().close();
  }
}
