package io.machineid.testkit.internal.listener;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.pki.SignatureSuite;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.testkit.internal.state.TeleportVersion;
import java.util.Optional;

/** The proxy's web API. */
final class WebApi implements HttpApi {

  private static final String FIND_AUTH =
      """
      {"type":"","private_key_policy":"","piv_slot":"","device_trust":{},"has_motd":false,
       "default_session_ttl":"0s"}
      """;
  private static final String PING_AUTH =
      """
      {"type":"local","second_factor":"off","local":{"name":""},"private_key_policy":"none","piv_slot":"",
       "device_trust":{"disabled":true},"has_motd":false,"default_session_ttl":"12h0m0s"}
      """;
  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en"><head><title>Teleport</title></head><body><div id="app"></div></body></html>
      """;

  private final JoinApi joinApi;
  private final Addresses addresses;
  private final TeleportVersion version;
  private final String oldestClient;
  private final Optional<SignatureSuite> suite;

  WebApi(JoinApi joinApi, Addresses addresses, ClusterState state) {
    this.joinApi = joinApi;
    this.addresses = addresses;
    this.version = state.version();
    this.oldestClient = state.oldestClient();
    this.suite = state.suite();
  }

  /**
   * What the proxy says of itself.
   *
   * @param clusterName the cluster
   * @param listening where the port is
   * @param publicAddress what it is called outside
   * @param kubernetes where Kubernetes has a port of its own, if it has
   * @param tunnel where SSH has one for tunnels, if it has
   */
  record Addresses(
      String clusterName,
      String listening,
      String publicAddress,
      Optional<String> kubernetes,
      Optional<String> tunnel) {}

  @Override
  public Answer answer(Question question) {
    String path =
        question.path().startsWith("/v1/") ? question.path().substring(3) : question.path();
    return switch (question.method() + " " + path) {
      case "GET /webapi/find" -> HttpAnswers.json(200, document(FIND_AUTH));
      case "GET /webapi/ping" -> HttpAnswers.json(200, document(PING_AUTH));
      case "POST /webapi/host/credentials" -> joinApi.join(question);
      case "GET /webapi/connectionupgrade" ->
          HttpAnswers.error(Refusal.notFound("unsupported upgrade types: " + question.upgrades()));
      case "GET /" -> HttpAnswers.redirect("/web");
      default -> other(question.method(), path);
    };
  }

  private static Answer other(String method, String path) {
    String ping = "/webapi/ping/";
    if (method.equals("GET") && path.startsWith(ping)) {
      return HttpAnswers.error(
          Refusal.bad(
              "invalid connector name: %s; valid options: "
                  .formatted(path.substring(ping.length()))));
    }
    return path.startsWith("/webapi/") ? HttpAnswers.noSuchPage() : HttpAnswers.page(PAGE);
  }

  private ObjectNode document(String auth) {
    String listening = addresses.listening();
    ObjectNode document = HttpAnswers.JSON.createObjectNode();
    ObjectNode authentication = tree(auth);
    document.set("auth", authentication);
    suite.ifPresent(
        known -> {
          authentication.put("signature_algorithm_suite", known.text());
          document.put("fips", known == SignatureSuite.FIPS_V1);
        });
    ObjectNode proxy = document.putObject("proxy");
    proxy
        .putObject("kube")
        .put("enabled", true)
        .put("listen_addr", addresses.kubernetes().orElse(listening));
    proxy
        .putObject("ssh")
        .put("listen_addr", listening)
        .put("tunnel_listen_addr", addresses.tunnel().orElse(listening))
        .put("web_listen_addr", listening)
        .put("public_addr", addresses.publicAddress());
    proxy
        .putObject("db")
        .put("postgres_listen_addr", listening)
        .put("mysql_listen_addr", listening);
    proxy.put("tls_routing_enabled", addresses.kubernetes().isEmpty()).put("assist_enabled", false);
    return document
        .put("server_version", version.number())
        .put("min_client_version", oldestClient)
        .put("cluster_name", addresses.clusterName())
        .put("automatic_upgrades", false);
  }

  private static ObjectNode tree(String json) {
    try {
      return HttpAnswers.JSON.readValue(json, ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a constant that is not JSON", e);
    }
  }
}
