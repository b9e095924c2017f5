package io.machineid.internal.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.ConnectionException;
import io.machineid.KubernetesEndpoint;
import io.machineid.internal.transport.HostPort;
import io.machineid.testing.Golden;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FoundClusterTest {

  private static final HostPort PROXY = HostPort.parse("teleport.localtest:3080");

  private static FoundCluster read(JsonNode body) {
    return FoundCluster.of(
        new WebApi.Answer(200, body, Optional.empty(), Optional.empty()), PROXY, false);
  }

  @Test
  void find_withTlsRouting_givesTheKubernetesName() {
    FoundCluster found = read(Golden.json("web/find.json"));

    assertThat(found.clusterName()).isEqualTo("real.example");
    assertThat(found.serverVersion()).isEqualTo("16.0.0-dev");
    assertThat(found.signatureSuite()).isEmpty();
    assertThat(found.kubernetes())
        .contains(
            new KubernetesEndpoint(
                URI.create("https://teleport.localtest:3080"),
                Optional.of("kube-teleport-proxy-alpn.teleport.localtest")));
  }

  @Test
  void find_withSeparateListeners_givesTheirPortAndNoName() {
    FoundCluster found = read(Golden.json("web/find-separate-listeners.json"));

    assertThat(found.kubernetes())
        .contains(
            new KubernetesEndpoint(
                URI.create("https://teleport.localtest:3026"), Optional.empty()));
  }

  @Test
  void find_atAnIpAddress_usesTheGenericName() {
    ObjectNode body = Golden.json("web/find.json").deepCopy();
    ((ObjectNode) body.path("proxy").path("ssh")).put("public_addr", "10.0.0.1:443");

    assertThat(read(body).kubernetes().orElseThrow().serverName())
        .contains("kube-teleport-proxy-alpn.teleport.cluster.local");
  }

  @Test
  void find_atAnIpv6Address_keepsItsBrackets() {
    ObjectNode body = Golden.json("web/find.json").deepCopy();
    ((ObjectNode) body.path("proxy").path("ssh")).put("public_addr", "[2001:db8::1]:443");

    assertThat(read(body).kubernetes())
        .contains(
            new KubernetesEndpoint(
                URI.create("https://[2001:db8::1]:443"),
                Optional.of("kube-teleport-proxy-alpn.teleport.cluster.local")));
  }

  @Test
  void find_withSeparateListenersAtAllAddresses_givesThePortAtTheProxysHost() {
    ObjectNode body = Golden.json("web/find-separate-listeners.json").deepCopy();
    ((ObjectNode) body.path("proxy").path("kube")).put("listen_addr", "[::]:3026");

    assertThat(read(body).kubernetes().orElseThrow().server())
        .hasToString("https://teleport.localtest:3026");
  }

  @Test
  void find_ofALaterVersion_namesItsSuite() {
    ObjectNode body = Golden.json("web/find.json").deepCopy();
    ((ObjectNode) body.path("auth")).put("signature_algorithm_suite", "balanced-v1");

    assertThat(read(body).signatureSuite()).contains("balanced-v1");
  }

  @Test
  void find_withAnAddressThatIsNone_saysWhoNamesIt() {
    ObjectNode body = Golden.json("web/find.json").deepCopy();
    ((ObjectNode) body.path("proxy").path("ssh")).put("public_addr", "https://no port");

    assertThatThrownBy(() -> read(body))
        .isInstanceOf(ConnectionException.class)
        .hasMessageStartingWith("teleport.localtest:3080 names an address")
        .hasMessageContaining("https://no port");
  }

  @Test
  void find_ofSomethingElse_saysThatItIsNoTeleportProxy() {
    assertThatThrownBy(() -> read(new ObjectMapper().createObjectNode().put("status", "ok")))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("teleport.localtest:3080")
        .hasMessageContaining("not as a Teleport proxy");
  }
}
