package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import io.machineid.internal.transport.ClientProxies;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.internal.transport.TrustRoots;
import io.machineid.testkit.TestHttpProxy;
import io.machineid.testkit.TestSocksProxy;
import java.net.ProxySelector;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each client through an HTTP proxy. The cluster's name exists for the proxy alone. */
class ProxiedClientsTest {

  private static final String HOST = "teleport.example.invalid";

  private final TestPki.Identity hostAuthority = TestPki.authority("example.test");
  private final TestPki.Identity userAuthority = TestPki.authority("example.test");
  private final TestKube kube =
      new TestKube(hostAuthority.server(TestKube.NAME), userAuthority.certificate());

  private final List<ClientProxies> closing = new ArrayList<>();

  @AfterEach
  void close() {
    closing.forEach(ClientProxies::close);
    kube.close();
  }

  @ParameterizedTest
  @EnumSource
  void request_withAProxy_goesThroughItOnThePinnedName(Subject.Kind kind) throws Exception {
    try (TestHttpProxy proxy = TestHttpProxy.start().leadTo(kube.port());
        KubernetesAccess access = access(Map.of("HTTPS_PROXY", proxy.url()))) {
      assertThat(kind.on(access).pods()).contains("pod-1");

      assertThat(proxy.requests()).containsExactly("CONNECT " + HOST + ":443 HTTP/1.1");
      assertThat(kube.seen)
          .singleElement()
          .satisfies(seen -> assertThat(seen.sni()).isEqualTo(TestKube.NAME));
    }
  }

  @ParameterizedTest
  @EnumSource
  void proxy_withAPassword_isToldIt(Subject.Kind kind) throws Exception {
    try (TestHttpProxy proxy =
            TestHttpProxy.start().leadTo(kube.port()).requirePassword("user", "pass");
        KubernetesAccess access = access(Map.of("HTTPS_PROXY", proxy.url()))) {
      assertThat(kind.on(access).pods()).contains("pod-1");

      assertThat(kube.headers).doesNotContain("Proxy-authorization");
    }
  }

  @ParameterizedTest
  @EnumSource
  void request_withASocksProxy_goesThroughItOnThePinnedName(Subject.Kind kind) throws Exception {
    try (TestSocksProxy proxy =
            TestSocksProxy.start().leadTo(kube.port()).requirePassword("user", "pass");
        KubernetesAccess access = access(Map.of("ALL_PROXY", proxy.url()))) {
      assertThat(kind.on(access).pods()).contains("pod-1");

      assertThat(proxy.requests()).containsExactly("CONNECT " + HOST + ":443");
      assertThat(kube.headers).doesNotContain("Proxy-authorization");
    }
  }

  @ParameterizedTest
  @EnumSource
  void request_withAProxyBehindTls_goesThroughItOnThePinnedName(Subject.Kind kind)
      throws Exception {
    try (TestHttpProxy proxy =
            TestHttpProxy.startWithTls().leadTo(kube.port()).requirePassword("user", "pass");
        KubernetesAccess access =
            access(Map.of("HTTPS_PROXY", proxy.url()), List.of(proxy.authority()))) {
      assertThat(kind.on(access).pods()).contains("pod-1");

      assertThat(proxy.requests()).containsExactly("CONNECT " + HOST + ":443 HTTP/1.1");
      assertThat(kube.headers).doesNotContain("Proxy-authorization");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OFFICIAL"}) // fabric8 tries again for twenty seconds
  void socksProxy_thatRefuses_isNamed(Subject.Kind kind) throws Exception {
    try (TestSocksProxy proxy = TestSocksProxy.start().refuseWith(2);
        KubernetesAccess access = access(Map.of("ALL_PROXY", proxy.url()))) {
      assertThat(catchThrowable(() -> kind.on(access).pods()))
          .hasStackTraceContaining(
              "the SOCKS proxy localhost:%d answered with code 2".formatted(proxy.port()));
    }
  }

  /** What the JVM does not let the JDK's client do, unless it is started so. */
  @ParameterizedTest
  @EnumSource(names = {"JDK", "FABRIC8_ON_JDK"})
  void proxy_whosePasswordIsNotTold_saysWhatToDo(Subject.Kind kind) throws Exception {
    try (TestHttpProxy proxy =
            TestHttpProxy.start().leadTo(kube.port()).requirePassword("user", "pass");
        KubernetesAccess access =
            access(new EnvironmentProxySelector(Map.of("HTTPS_PROXY", proxy.url())))) {
      Subject subject = kind.on(access);

      assertThat(catchThrowable(subject::pods))
          .hasStackTraceContaining("-Djdk.http.auth.tunneling.disabledSchemes=");
      assertThat(proxy.requests()).as("no use in another try").hasSize(1);
    }
  }

  private KubernetesAccess access(Map<String, String> environment) {
    return access(environment, List.of(hostAuthority.certificate()));
  }

  private KubernetesAccess access(
      Map<String, String> environment, List<X509Certificate> rootsOfProxies) {
    EnvironmentProxySelector real = new EnvironmentProxySelector(environment);
    ClientProxies proxies =
        new ClientProxies(real, new Dialer(real, TrustRoots.of(Optional.of(rootsOfProxies))));
    closing.add(proxies);
    return access(proxies);
  }

  private KubernetesAccess access(ProxySelector proxies) {
    TestPki.Identity client = userAuthority.client("bot-a", Instant.now().plusSeconds(600));
    return new KubernetesAccess(
        "example.test",
        new KubernetesCluster("example", Map.of()),
        new KubernetesEndpoint(URI.create("https://" + HOST + ":443"), Optional.of(TestKube.NAME)),
        new StubCredential(client.credential(hostAuthority)),
        ManualTime.now().through(proxies));
  }
}
