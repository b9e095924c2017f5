package io.machineid.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.JoinException;
import io.machineid.MachineIdException;
import io.machineid.internal.discovery.BoundedBody;
import io.machineid.internal.discovery.Closing;
import io.machineid.internal.transport.AnswerTooLarge;
import io.machineid.internal.transport.HttpProxyFailure;
import io.machineid.internal.transport.ProxiedRequests;
import io.machineid.internal.transport.TransportErrors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One request to a service of the platform that a bot runs on, bounded in time and size. Redirects
 * are not followed: what is sent may be a secret.
 */
final class PlatformRequest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final int LIMIT_BYTES = 256 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Surroundings surroundings;
  private final String service;
  private final URI target;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private boolean direct;
  private String method = "GET";
  private HttpRequest.BodyPublisher content = HttpRequest.BodyPublishers.noBody();

  /**
   * Begins a request.
   *
   * @param service what the service is called, for messages
   * @param target where it is; the query may be a secret
   */
  PlatformRequest(Surroundings surroundings, String service, URI target) {
    this.surroundings = surroundings;
    this.service = service;
    this.target = target;
  }

  PlatformRequest header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  PlatformRequest post() {
    method = "POST";
    return this;
  }

  /** Posts a text, which may be a secret. */
  PlatformRequest post(String text) {
    content = HttpRequest.BodyPublishers.ofString(text);
    return post();
  }

  /** Goes through no proxy: the service is on this machine, or on its link. */
  PlatformRequest direct() {
    direct = true;
    return this;
  }

  /**
   * A secret goes over a connection that is encrypted, or that does not leave this machine.
   *
   * @throws JoinException where it would not
   */
  PlatformRequest confidential() {
    if (!"https".equals(target.getScheme()) && !isLoopback(target.getHost())) {
      throw Evidence.lasting(
          surroundings.method(),
          "%s must be asked over https, and its address is %s".formatted(service, place()));
    }
    return this;
  }

  private static boolean isLoopback(String host) {
    try {
      return host != null && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Sends it.
   *
   * @return the body of an answer with status 200
   * @throws JoinException when there is no such answer
   * @throws io.machineid.ConfigException where an HTTP proxy wants another password
   */
  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** The same, where it is no text. */
  byte[] bytes() {
    HttpRequest request = request();
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(proxies())
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    try {
      return body(answer(client, request));
    } finally {
      Closing.quietly(client);
    }
  }

  private ProxySelector proxies() {
    return direct ? HttpClient.Builder.NO_PROXY : surroundings.proxies();
  }

  private HttpRequest request() {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target).timeout(TIMEOUT).method(method, content);
      headers.forEach(request::header);
      return ProxiedRequests.authorized(request.build(), proxies());
    } catch (IllegalArgumentException e) {
      // its message would quote the header, which may be a secret
      throw Evidence.lasting(
          surroundings.method(),
          "%s at %s cannot be asked: its address, or the secret for it, has characters that cannot be sent"
              .formatted(service, place()));
    }
  }

  private HttpResponse<byte[]> answer(HttpClient client, HttpRequest request) {
    CompletableFuture<HttpResponse<byte[]>> pending =
        client.sendAsync(request, head -> new BoundedBody(LIMIT_BYTES));
    try {
      // The request's own time-out ends with the head of the answer; this one covers the body too.
      return pending.get(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw silent("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw silent("interrupted", e);
    } finally {
      pending.cancel(true);
    }
  }

  private MachineIdException failed(Throwable cause) {
    if (cause instanceof AnswerTooLarge || cause.getCause() instanceof AnswerTooLarge) {
      return Evidence.passing(
          surroundings.method(),
          "%s at %s answered more than %d KiB".formatted(service, place(), LIMIT_BYTES / 1024),
          null);
    }
    Throwable explained = HttpProxyFailure.explain(cause, proxies(), target);
    return explained instanceof HttpProxyFailure
        ? TransportErrors.of(explained, place(), method)
        : silent(String.valueOf(cause.getMessage()), cause);
  }

  private JoinException silent(String why, Throwable cause) {
    return Evidence.passing(
        surroundings.method(),
        "%s at %s does not answer: %s".formatted(service, place(), why),
        cause);
  }

  private byte[] body(HttpResponse<byte[]> answer) {
    ProxiedRequests.check(answer, proxies());
    if (answer.statusCode() != OK) {
      throw Evidence.passing(
          surroundings.method(),
          "%s at %s answered with status %d".formatted(service, place(), answer.statusCode()),
          null);
    }
    return answer.body();
  }

  /** The same, where the answer has to be a JSON object. */
  JsonNode json() {
    try {
      JsonNode answer = JSON.readTree(text());
      if (answer.isObject()) {
        return answer;
      }
    } catch (IOException e) {
      // the parser's message would quote the answer, which may hold a secret
    }
    throw Evidence.passing(
        surroundings.method(),
        "%s at %s answered something other than a JSON object".formatted(service, place()),
        null);
  }

  /** A text in a JSON answer, which has to be there. */
  String field(String name) {
    String value = json().path(name).asText();
    if (value.isEmpty()) {
      throw Evidence.passing(
          surroundings.method(),
          "%s at %s answered without `%s`".formatted(service, place(), name),
          null);
    }
    return value;
  }

  /** The address without its query. */
  private String place() {
    return target.getScheme() + "://" + target.getAuthority() + target.getPath();
  }
}
