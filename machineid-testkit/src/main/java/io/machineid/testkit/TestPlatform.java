package io.machineid.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The services of a platform that hand out ID tokens to what runs there: the token service of
 * GitHub Actions, that of Azure DevOps, and the metadata services of Google Cloud, Azure and Oracle
 * Cloud. On loopback, on a free port. Thread-safe.
 */
public final class TestPlatform implements AutoCloseable {

  private static final String BEARER = "Bearer a-platform-secret";

  private final HttpServer server;
  private final ExecutorService executor =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "machineid-testkit-platform");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, Function<HttpExchange, Answer>> services = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Answer> instead = new AtomicReference<>();

  record Answer(int status, String body) {}

  private TestPlatform() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(executor);
    server.createContext("/", this::answer);
    server.start();
  }

  /**
   * Starts to listen; offers nothing yet.
   *
   * @return the platform
   */
  public static TestPlatform start() {
    return new TestPlatform();
  }

  /**
   * Hands out the tokens of a GitHub Actions job.
   *
   * @param issuer who issues them
   * @param claims what they say, besides the audience that is asked for
   * @return the environment of the job
   */
  public Map<String, String> githubActions(TestOidcIssuer issuer, Map<String, ?> claims) {
    serve(
        "/github",
        exchange ->
            denied(exchange, "GET")
                ? unauthorized()
                : token("value", issuer, claims, parameter(exchange, "audience")));
    return Map.of(
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        url("/github") + "?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        BEARER.substring("Bearer ".length()));
  }

  /**
   * Hands out the tokens of an Azure DevOps pipeline.
   *
   * @param issuer who issues them
   * @param claims what they say, besides the audience, which is always the same
   * @return the environment of the pipeline
   */
  public Map<String, String> azureDevops(TestOidcIssuer issuer, Map<String, ?> claims) {
    serve(
        "/azure-devops",
        exchange ->
            denied(exchange, "POST") || !parameter(exchange, "api-version").equals("7.1")
                ? unauthorized()
                : token("oidcToken", issuer, claims, "api://AzureADTokenExchange"));
    return Map.of(
        "SYSTEM_OIDCREQUESTURI",
        url("/azure-devops") + "?serviceConnectionId=1",
        "SYSTEM_ACCESSTOKEN",
        BEARER.substring("Bearer ".length()));
  }

  /**
   * Hands out the tokens of a Google Cloud machine.
   *
   * @param issuer who issues them
   * @param claims what they say, besides the audience that is asked for
   * @return the environment of what runs on the machine
   */
  public Map<String, String> googleCloud(TestOidcIssuer issuer, Map<String, ?> claims) {
    serve(
        "/computeMetadata/v1/instance/service-accounts/default/identity",
        exchange -> {
          boolean asked = "Google".equals(exchange.getRequestHeaders().getFirst("Metadata-Flavor"));
          return asked && parameter(exchange, "format").equals("full")
              ? new Answer(200, signed(issuer, claims, parameter(exchange, "audience")))
              : new Answer(403, "Missing Metadata-Flavor:Google header.");
        });
    return Map.of("GCE_METADATA_HOST", address());
  }

  /**
   * Plays the metadata service of an Azure machine.
   *
   * @param azure the cloud that the machine is of
   * @param subscription its subscription
   * @param resourceGroup its resource group
   * @param name its name
   * @return the environment of what runs on the machine
   */
  public Map<String, String> azure(
      TestAzure azure, String subscription, String resourceGroup, String name) {
    TestAzure.Machine machine = azure.machine(subscription, resourceGroup, name);
    azureService(
        "/metadata/versions", exchange -> "{\"apiVersions\":[\"2018-02-01\",\"2021-12-13\"]}");
    azureService(
        "/metadata/attested/document", exchange -> machine.attest(parameter(exchange, "nonce")));
    azureService(
        "/metadata/identity/oauth2/token",
        exchange ->
            "{\"access_token\":\"%s\"}".formatted(machine.token(parameter(exchange, "resource"))));
    return Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://" + address());
  }

  private void azureService(String path, Function<HttpExchange, String> service) {
    serve(
        path,
        exchange ->
            "True".equals(exchange.getRequestHeaders().getFirst("Metadata"))
                ? new Answer(200, service.apply(exchange))
                : new Answer(400, "{\"error\":\"Required metadata header not specified\"}"));
  }

  /**
   * Plays the metadata service of an instance of Oracle Cloud, and the authentication service of
   * its region.
   *
   * @param instance the instance
   * @return the environment of what runs on the instance
   */
  public Map<String, String> oracle(TestOracle.Instance instance) {
    OracleServices.of(instance).forEach(this::serve);
    return Map.of(
        "OCI_METADATA_BASE_URL", url("/opc/v2"), "OCI_SDK_AUTH_CLIENT_REGION_URL", url(""));
  }

  /**
   * Answers everything otherwise from now on.
   *
   * @param status the HTTP status
   * @param body the body
   */
  public void answer(int status, String body) {
    instead.set(new Answer(status, body));
  }

  /** Answers as it should again. */
  public void recover() {
    instead.set(null);
  }

  /**
   * What was asked.
   *
   * @return methods and paths with queries, oldest first
   */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /**
   * Where it is.
   *
   * @return host and port
   */
  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private String url(String path) {
    return "http://" + address() + path;
  }

  private void serve(String path, Function<HttpExchange, Answer> service) {
    services.put(path, service);
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    Answer other = instead.get();
    Answer answer =
        other == null
            ? services
                .getOrDefault(exchange.getRequestURI().getPath(), any -> new Answer(404, "{}"))
                .apply(exchange)
            : other;
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static boolean denied(HttpExchange exchange, String method) {
    return !method.equals(exchange.getRequestMethod())
        || !BEARER.equals(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private static Answer unauthorized() {
    return new Answer(401, "{\"message\":\"unauthorized\"}");
  }

  private static Answer token(
      String key, TestOidcIssuer issuer, Map<String, ?> claims, String audience) {
    return new Answer(200, "{\"%s\":\"%s\"}".formatted(key, signed(issuer, claims, audience)));
  }

  private static String signed(TestOidcIssuer issuer, Map<String, ?> claims, String audience) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("aud", audience);
    all.putAll(claims);
    return issuer.sign(all);
  }

  private static String parameter(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getQuery();
    for (String pair : (query == null ? "" : query).split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return "";
  }

  /** Ends all connections. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
