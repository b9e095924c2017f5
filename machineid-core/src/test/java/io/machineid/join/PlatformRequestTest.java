package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.ConfigException;
import io.machineid.JoinException;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.internal.transport.TrustRoots;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestHttpProxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A platform whose host exists for an HTTP proxy alone, which wants a password. */
class PlatformRequestTest {

  private static final String PASSWORD = "pa55word";

  private final TestHttpProxy proxy = TestHttpProxy.start().requirePassword("example", PASSWORD);
  private final TestCluster server =
      TestCluster.builder().publicHost("platform.example.invalid").start();
  private SSLContext before;

  @BeforeEach
  void trustTheServer() throws Exception {
    before = SSLContext.getDefault();
    SSLContext trusting = SSLContext.getInstance("TLS");
    TrustManager[] roots = {TrustRoots.of(Optional.of(List.of(server.webAuthority())))};
    trusting.init(null, roots, null);
    SSLContext.setDefault(trusting);
  }

  @AfterEach
  void stop() {
    SSLContext.setDefault(before);
    server.close();
    proxy.close();
  }

  private PlatformRequest request(String path, String proxyUrl) {
    return new PlatformRequest(
        new Surroundings(
            "github", Map.of(), new EnvironmentProxySelector(Map.of("HTTPS_PROXY", proxyUrl))),
        "the token service",
        URI.create("https://" + server.proxyAddress() + path));
  }

  @Test
  void proxyWithPassword_isToldIt() {
    assertThat(request("/webapi/find", proxy.url()).field("cluster_name"))
        .isEqualTo("test.example");
    assertThat(proxy.requests()).containsExactly("CONNECT " + server.proxyAddress() + " HTTP/1.1");
  }

  @Test
  void proxyWithPassword_isToldItByAPost() {
    assertThatExceptionOfType(JoinException.class)
        .isThrownBy(() -> request("/webapi/nothing", proxy.url()).post().text())
        .withMessageContaining("answered with status 404");
  }

  @Test
  void proxyThatWantsAnotherPassword_isNamed() {
    String wrong = "http://example:guess@localhost:" + proxy.port();

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> request("/webapi/find", wrong).text())
        .withMessageContaining("the HTTP proxy localhost:" + proxy.port())
        .withMessageContaining("407");
  }

  @Test
  void secretThatCannotBeSent_isNotTold() {
    PlatformRequest request = request("/", proxy.url()).header("Authorization", "Bearer a\nb");

    assertThatExceptionOfType(JoinException.class)
        .isThrownBy(request::text)
        .withMessageContaining("characters that cannot be sent")
        .withNoCause();
  }
}
