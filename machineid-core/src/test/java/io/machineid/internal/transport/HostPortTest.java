package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProxySelector;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {

  @ParameterizedTest
  @CsvSource({
    "proxy.example.com:443, proxy.example.com, 443, false",
    "127.0.0.1:3025, 127.0.0.1, 3025, true",
    "[::1]:3025, ::1, 3025, true"
  })
  void address_wellFormed_isReadAndWrittenBack(String text, String host, int port, boolean ip) {
    HostPort address = HostPort.parse(text);

    assertThat(address.host()).isEqualTo(host);
    assertThat(address.port()).isEqualTo(port);
    assertThat(address.isIpAddress()).isEqualTo(ip);
    assertThat(address).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "proxy",
        "proxy:",
        ":443",
        "https://proxy:443",
        "proxy:0",
        "proxy:70000",
        "proxy:443/x",
        "u@p:1",
        "a b:1"
      })
  void address_malformed_isRefusedWithTheExpectedForm(String text) {
    assertThatThrownBy(() -> HostPort.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("address");
  }

  @Test
  void route_throughProxy_offersTheRoutingProtocolFirst() {
    AuthRoute route =
        AuthRoute.throughProxy(
            HostPort.parse("proxy.ex.test:443"),
            "ex.test",
            Optional.empty(),
            AuthRoute.Means.of(new Dialer(ProxySelector.of(null))));

    assertThat(route.serverName()).isEqualTo("65782e74657374.teleport.cluster.local");
    assertThat(route.alpn())
        .containsExactly("teleport-auth@65782e74657374.teleport.cluster.local", "h2");
  }
}
