package io.machineid.internal.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.ConnectionException;
import io.machineid.KubernetesEndpoint;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.HostPort;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of itself at {@code /webapi/find}.
 *
 * @param clusterName the cluster's name
 * @param serverVersion its version
 * @param web its web address, as it publishes it, or else the one that it was found at
 * @param signatureSuite the suite of keys it wants, empty where it names none (before 17)
 * @param kubernetes where it takes Kubernetes requests, empty where it takes none
 * @param serverTime what its clock said, if it said so
 * @param tlsRouting whether its web port serves everything
 * @param oldestClient the oldest version of clients that it says it takes, or empty
 * @param tunnel where its SSH server for tunnels is, empty where the web port serves everything
 */
public record FoundCluster(
    String clusterName,
    String serverVersion,
    HostPort web,
    Optional<String> signatureSuite,
    Optional<KubernetesEndpoint> kubernetes,
    Optional<Instant> serverTime,
    boolean tlsRouting,
    Optional<String> oldestClient,
    Optional<HostPort> tunnel) {

  private static final int USUAL_TUNNEL_PORT = 3024;
  private static final String KUBERNETES_NAME = "kube-teleport-proxy-alpn.";

  /**
   * Reads the answer.
   *
   * @param answer the answer
   * @param proxy where it came from
   * @param asGiven whether that is its address, whatever it publishes
   * @throws ConnectionException when it is not what a Teleport proxy answers
   */
  static FoundCluster of(WebApi.Answer answer, HostPort proxy, boolean asGiven) {
    JsonNode body = answer.body();
    String name = body.path("cluster_name").asText();
    String version = body.path("server_version").asText();
    if (name.isEmpty() || version.isEmpty()) {
      throw new ConnectionException(
          Reason.NOT_TELEPORT,
          false,
          "%s answers, but not as a Teleport proxy: /webapi/find has no cluster_name or server_version. Check the address"
              .formatted(proxy),
          null);
    }
    String suite = body.path("auth").path("signature_algorithm_suite").asText();
    HostPort web = asGiven ? proxy : web(body.path("proxy"), proxy);
    return new FoundCluster(
        name,
        version,
        web,
        Optional.of(suite).filter(value -> !value.isEmpty()),
        kubernetes(body.path("proxy"), proxy, web),
        answer.serverTime(),
        body.path("proxy").path("tls_routing_enabled").asBoolean(),
        Optional.of(body.path("min_client_version").asText()).filter(text -> !text.isEmpty()),
        tunnel(body.path("proxy"), web, System.getenv("TELEPORT_TUNNEL_PUBLIC_ADDR")));
  }

  /** As Teleport's own programs choose it. */
  private static Optional<HostPort> tunnel(
      JsonNode settings, HostPort web, @Nullable String chosen) {
    if (settings.path("tls_routing_enabled").asBoolean()) {
      return Optional.empty();
    }
    JsonNode ssh = settings.path("ssh");
    int port = port(ssh.path("tunnel_listen_addr").asText(), USUAL_TUNNEL_PORT);
    if (chosen != null && !chosen.isEmpty()) {
      return address(chosen, port, false);
    }
    return address(ssh.path("ssh_tunnel_public_addr").asText(), port, false)
        .or(() -> address(ssh.path("ssh_public_addr").asText(), port, true))
        .or(() -> Optional.of(new HostPort(web.host(), port)));
  }

  private static int port(String address, int otherwise) {
    return address(address, otherwise, false).map(HostPort::port).orElse(otherwise);
  }

  /** An address whose port is left out, or counts for nothing. */
  private static Optional<HostPort> address(String text, int port, boolean thatPort) {
    return parsed(text)
        .or(() -> parsed(text + ":" + port))
        .map(address -> thatPort ? new HostPort(address.host(), port) : address);
  }

  private static Optional<HostPort> parsed(String text) {
    try {
      return Optional.of(HostPort.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static HostPort web(JsonNode settings, HostPort proxy) {
    String publicAddress = settings.path("ssh").path("public_addr").asText();
    return publicAddress.isEmpty() ? proxy : HostPort.namedBy(proxy, publicAddress);
  }

  private static Optional<KubernetesEndpoint> kubernetes(
      JsonNode settings, HostPort proxy, HostPort web) {
    JsonNode kube = settings.path("kube");
    if (!kube.path("enabled").asBoolean()) {
      return Optional.empty();
    }
    if (settings.path("tls_routing_enabled").asBoolean()) {
      return Optional.of(new KubernetesEndpoint(https(web), Optional.of(serverName(web))));
    }
    String kubePublic = kube.path("public_addr").asText();
    if (!kubePublic.isEmpty()) {
      return Optional.of(
          new KubernetesEndpoint(https(HostPort.namedBy(proxy, kubePublic)), Optional.empty()));
    }
    String kubeListen = kube.path("listen_addr").asText();
    if (!kubeListen.isEmpty()) {
      HostPort address = new HostPort(web.host(), HostPort.namedBy(proxy, kubeListen).port());
      return Optional.of(new KubernetesEndpoint(https(address), Optional.empty()));
    }
    return Optional.empty();
  }

  private static URI https(HostPort address) {
    return URI.create("https://" + address);
  }

  private static String serverName(HostPort web) {
    return KUBERNETES_NAME + (web.isIpAddress() ? "teleport.cluster.local" : web.host());
  }
}
