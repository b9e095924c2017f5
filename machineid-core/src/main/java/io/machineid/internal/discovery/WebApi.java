package io.machineid.internal.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.AuthHttp;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.HttpProxyFailure;
import io.machineid.internal.transport.ProxiedRequests;
import io.machineid.internal.transport.RetryAfter;
import io.machineid.internal.transport.TransportErrors;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * JSON over HTTP/1.1, as a proxy's web API and the auth server's join endpoint speak it. Answers
 * are bounded in size and time. Thread-safe; blocks.
 */
public final class WebApi implements AutoCloseable {

  private static final int LIMIT_BYTES = 1 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HostPort address;
  private final HttpClient http;
  private final ProxySelector proxies;

  /**
   * Makes a client; connects to nothing yet.
   *
   * @param address the server
   * @param tls decides what is trusted and which name is verified
   * @param proxies which HTTP proxy to go through
   */
  public WebApi(HostPort address, SSLContext tls, ProxySelector proxies) {
    this.address = address;
    this.proxies = proxies;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(tls)
            .proxy(proxies)
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * One answer.
   *
   * @param status the HTTP status
   * @param body the JSON document, or a missing node where it was none
   * @param serverTime what the server's clock said, if it said so
   * @param retryAfter how long the server wants to be left alone, if it said so
   */
  public record Answer(
      int status, JsonNode body, Optional<Instant> serverTime, Optional<Duration> retryAfter) {

    /** Whether the server asks us to slow down. */
    public boolean isRateLimit() {
      return status == TOO_MANY_REQUESTS || (status == UNAVAILABLE && retryAfter.isPresent());
    }

    /** The server's wish in words, or nothing. */
    public String waitInWords() {
      return retryAfter.map(wait -> ". Try again in " + wait.toSeconds() + " s").orElse("");
    }

    /** Teleport's own words in an error answer, or empty. */
    public String errorMessage() {
      return body.path("error").path("message").asText();
    }
  }

  /** Asks for a document. */
  public Answer get(String path) {
    return send(request(path).GET().build());
  }

  /** Sends a document. It is sent once: nothing retries it. */
  public Answer post(String path, JsonNode body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://" + address + path))
        .timeout(TIMEOUT)
        .header("Accept", "application/json");
  }

  private Answer send(HttpRequest request) {
    String what = request.method() + " " + request.uri().getPath();
    CompletableFuture<HttpResponse<byte[]>> pending =
        http.sendAsync(
            ProxiedRequests.authorized(request, proxies), head -> new BoundedBody(LIMIT_BYTES));
    try {
      // The request's own time-out ends with the head of the answer; this one covers the body too.
      HttpResponse<byte[]> response = pending.get(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      ProxiedRequests.check(response, proxies);
      return new Answer(
          response.statusCode(),
          parse(response.body()),
          serverTime(response),
          retryAfter(response));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw TransportErrors.of(
          HttpProxyFailure.explain(cause, proxies, request.uri()), address, what);
    } catch (TimeoutException e) {
      throw TransportErrors.of(e, address, what);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TransportErrors.of(e, address, what);
    } finally {
      pending.cancel(true);
    }
  }

  /** An answer that came another way. */
  public static Answer answer(AuthHttp.Answer answer) {
    Optional<Instant> serverTime = RetryAfter.date(answer.header("Date"));
    return new Answer(
        answer.status(),
        parse(answer.body().getBytes(StandardCharsets.UTF_8)),
        serverTime,
        RetryAfter.parse(answer.header("Retry-After"), serverTime.orElseGet(Instant::now)));
  }

  private static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      return JSON.missingNode();
    }
  }

  private static Optional<Instant> serverTime(HttpResponse<?> response) {
    return response.headers().firstValue("Date").flatMap(RetryAfter::date);
  }

  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    Instant now = serverTime(response).orElseGet(Instant::now);
    return response
        .headers()
        .firstValue("Retry-After")
        .flatMap(value -> RetryAfter.parse(value, now));
  }

  /** Asks the proxy what it is. */
  public FoundCluster find() {
    return find(false);
  }

  /**
   * Asks the proxy what it is.
   *
   * @param asGiven whether its address is the one that it is asked at, whatever it publishes
   */
  public FoundCluster find(boolean asGiven) {
    Answer answer = get("/webapi/find");
    if (answer.isRateLimit()) {
      throw new ConnectionException(
          Reason.RATE_LIMITED,
          true,
          "%s answered /webapi/find with status %d: too many requests%s"
              .formatted(address, answer.status(), answer.waitInWords()),
          null,
          answer.retryAfter());
    }
    if (answer.status() != 200 || !answer.body().isObject()) {
      throw new ConnectionException(
          Reason.NOT_TELEPORT,
          answer.status() >= 500,
          "%s answered /webapi/find with status %d%s; a Teleport proxy answers 200 and JSON. Check the address"
              .formatted(
                  address, answer.status(), answer.body().isObject() ? "" : " and no JSON object"),
          null);
    }
    return FoundCluster.of(answer, address, asGiven);
  }

  /** Makes and reads the first document of this process. */
  public static void warmUp() {
    parse(JSON.createObjectNode().put("none", 0).toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    Closing.quietly(http);
  }
}
