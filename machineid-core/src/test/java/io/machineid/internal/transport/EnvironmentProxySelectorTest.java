package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.ConfigException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxySelectorTest {

  private static final String PROXY = "http://proxy.example.com:3128";

  @ParameterizedTest
  @CsvSource({
    "http://proxy.example.com:3128,proxy.example.com,3128",
    "proxy.example.com:3128,proxy.example.com,3128",
    "http://proxy.example.com,proxy.example.com,80",
    "http://192.0.2.1:8080/,192.0.2.1,8080",
    "http://[2001:db8::1]:8080,2001:db8::1,8080",
  })
  void proxy_eachForm_isRead(String variable, String host, int port) {
    for (String name : List.of("HTTPS_PROXY", "https_proxy")) {
      assertThat(selected(Map.of(name, variable), "https://teleport.example.com"))
          .isEqualTo(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://proxy.example.com,HTTPS @ proxy.example.com/<unresolved>:443",
    "https://user:pass@proxy.example.com:8443,HTTPS @ proxy.example.com/<unresolved>:8443",
    "socks5://proxy.example.com,SOCKS @ proxy.example.com/<unresolved>:1080",
    "socks5h://user:pass@proxy.example.com:1,SOCKS @ proxy.example.com/<unresolved>:1",
  })
  void proxy_ofAnotherKind_isRead(String variable, String proxy) {
    assertThat(selected(Map.of("HTTPS_PROXY", variable), "https://teleport.example.com"))
        .hasToString(proxy);
  }

  @ParameterizedTest
  @CsvSource({"ALL_PROXY,https", "all_proxy,wss", "ALL_PROXY,http"})
  void allProxy_countsWhereTheOtherIsNotSet(String name, String scheme) {
    String target = scheme + "://teleport.example.com";
    Map<String, String> all = Map.of(name, "socks5://proxy.example.com");

    assertThat(selected(all, target).type()).isEqualTo(Proxy.Type.SOCKS);
    assertThat(
            selected(Map.of(name, "socks5://a", "HTTPS_PROXY", PROXY, "HTTP_PROXY", PROXY), target)
                .type())
        .isEqualTo(Proxy.Type.HTTP);
    assertThat(isProxied(Map.of(name, "socks5://a", "NO_PROXY", "example.com"), target)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks4://proxy.example.com", "nonsense://x", "http://"})
  void allProxy_thatCannotBeUsed_isIgnored(String proxy) {
    assertThat(isProxied(Map.of("ALL_PROXY", proxy), "https://teleport.example.com")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks://proxy.example.com:1080/", "SOCKS5H://proxy.example.com"})
  void socks_underItsOtherNames_isRead(String proxy) {
    assertThat(selected(Map.of("ALL_PROXY", proxy), "https://teleport.example.com").type())
        .isEqualTo(Proxy.Type.SOCKS);
  }

  @Test
  void proxy_bothCases_upperWins() {
    assertThat(
            selected(
                    Map.of("HTTPS_PROXY", PROXY, "https_proxy", "http://other.example.com:1"),
                    "https://teleport.example.com")
                .address())
        .hasToString("proxy.example.com/<unresolved>:3128");
  }

  @ParameterizedTest
  @CsvSource({"https,true", "wss,true", "http,false", "ws,false"})
  void proxy_ofHttps_isForTls(String scheme, boolean proxied) {
    assertThat(isProxied(Map.of("HTTPS_PROXY", PROXY), scheme + "://teleport.example.com"))
        .isEqualTo(proxied);
    assertThat(isProxied(Map.of("HTTP_PROXY", PROXY), scheme + "://teleport.example.com"))
        .isEqualTo(!proxied);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                       | https://teleport.example.com",
        "example.com             | https://example.com",
        "example.com             | https://teleport.example.com:3080",
        "EXAMPLE.com             | https://Teleport.Example.COM",
        ".example.com            | https://teleport.example.com",
        "*.example.com           | https://teleport.example.com",
        "other.org, example.com  | https://teleport.example.com",
        "example.com:443         | https://teleport.example.com",
        "example.com:3080        | https://teleport.example.com:3080",
        "192.0.2.7               | https://192.0.2.7",
        "192.0.2.7:443           | https://192.0.2.7",
        "192.0.2.0/24            | https://192.0.2.200:3080",
        "10.0.0.0/8              | https://10.255.0.1",
        "2001:db8::1             | https://[2001:db8:0::1]",
        "[2001:db8::1]:443       | https://[2001:db8::1]",
        "2001:db8::/32           | https://[2001:db8:ffff::1]",
        "0.0.0.0/0               | https://198.51.100.1",
      })
  void exception_thatCoversTheHost_isDirect(String variable, String target) {
    assertThat(isProxied(Map.of("HTTPS_PROXY", PROXY, "NO_PROXY", variable), target)).isFalse();
    assertThat(isProxied(Map.of("HTTPS_PROXY", PROXY, "no_proxy", variable), target)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                      | https://teleport.example.com",
        "', ,'                   | https://teleport.example.com",
        "example.com             | https://notexample.com",
        ".example.com            | https://example.com",
        "*.example.com           | https://example.com",
        "example.com:443         | https://example.com:3080",
        "example.com:x           | https://example.com",
        "192.0.2.7               | https://192.0.2.8",
        "192.0.2.0/24            | https://192.0.3.1",
        "192.0.2.0/24            | https://192.0.2.0.example.com",
        "192.0.2.0/33            | https://192.0.2.1",
        "192.0.2.0/x             | https://192.0.2.1",
        "nonsense/8              | https://192.0.2.1",
        "2001:db8::/32           | https://192.0.2.1",
        "example.*               | https://example.com",
      })
  void exception_ofSomethingElse_isProxied(String variable, String target) {
    assertThat(isProxied(Map.of("HTTPS_PROXY", PROXY, "NO_PROXY", variable), target)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://localhost:3080",
        "https://127.0.0.1",
        "https://127.9.9.9",
        "https://[::1]"
      })
  void loopback_whateverTheVariables_isDirect(String target) {
    assertThat(isProxied(Map.of("HTTPS_PROXY", PROXY), target)).isFalse();
  }

  @Test
  void loopback_whenTheRuleIsAnother_isProxied() {
    EnvironmentProxySelector selector =
        new EnvironmentProxySelector(Map.of("HTTPS_PROXY", PROXY), host -> false);

    assertThat(selector.select(URI.create("https://localhost")).get(0).type())
        .isEqualTo(Proxy.Type.HTTP);
  }

  @Test
  void authorization_ofUserInfo_isDecodedAndNotPrinted() {
    EnvironmentProxySelector selector =
        new EnvironmentProxySelector(
            Map.of("HTTPS_PROXY", "http://us%40er:pa+ss%3A@proxy.example.com:3128"));
    URI target = URI.create("https://teleport.example.com");
    Proxy proxy = selector.select(target).get(0);

    assertThat(selector.authorization(proxy.address())).hasValue("Basic dXNAZXI6cGErc3M6");
    assertThat(ProxyAuthorization.of(selector, target)).hasValue("Basic dXNAZXI6cGErc3M6");
    assertThat(selector.authorization(InetSocketAddress.createUnresolved("elsewhere", 3128)))
        .isEmpty();
    assertThat(selector + " " + proxy).doesNotContain("pa+ss", "us@er", "us%40er");
  }

  @Test
  void authorization_withoutUser_isNone() {
    assertThat(
            ProxyAuthorization.of(
                new EnvironmentProxySelector(Map.of("HTTPS_PROXY", PROXY)),
                URI.create("https://teleport.example.com")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks4://secret@proxy.example.com",
        "ftp://secret@proxy.example.com",
        "http://",
        "http://:1",
        "http://secret @proxy"
      })
  void proxy_thatCannotBeUsed_isRefusedWithoutItsPassword(String variable) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> new EnvironmentProxySelector(Map.of("HTTPS_PROXY", variable)))
        .withMessageContaining("HTTPS_PROXY")
        .satisfies(e -> assertThat(e).hasNoCause())
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  private static boolean isProxied(Map<String, String> environment, String target) {
    return selected(environment, target).type() != Proxy.Type.DIRECT;
  }

  private static Proxy selected(Map<String, String> environment, String target) {
    return new EnvironmentProxySelector(environment).select(URI.create(target)).get(0);
  }

  private static Proxy forBytes(Map<String, String> environment) {
    return new EnvironmentProxySelector(environment).forBytes(new HostPort("a.example.com", 3025));
  }

  @Test
  void bytes_goThroughTheProxyForPlainHttp_whereThereIsNoneForHttps() {
    InetSocketAddress plain = InetSocketAddress.createUnresolved("plain.example.com", 80);
    InetSocketAddress tls = InetSocketAddress.createUnresolved("tls.example.com", 80);
    String plainUrl = "http://plain.example.com";
    String tlsUrl = "http://tls.example.com";

    assertThat(forBytes(Map.of("HTTP_PROXY", plainUrl)).address()).isEqualTo(plain);
    assertThat(forBytes(Map.of("HTTP_PROXY", plainUrl, "HTTPS_PROXY", tlsUrl)).address())
        .isEqualTo(tls);
    assertThat(forBytes(Map.of("HTTP_PROXY", plainUrl, "NO_PROXY", "example.com")))
        .isEqualTo(Proxy.NO_PROXY);
    assertThat(forBytes(Map.of())).isEqualTo(Proxy.NO_PROXY);
  }
}
