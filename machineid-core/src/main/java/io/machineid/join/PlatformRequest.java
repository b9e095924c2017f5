package io.machineid.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.JoinException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One request to a service of the platform that a bot runs on, bounded in time and size. Redirects
 * are not followed: what is sent may be a secret.
 */
final class PlatformRequest {

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int LIMIT_BYTES = 256 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Surroundings surroundings;
  private final String service;
  private final URI target;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private boolean direct;
  private String method = "GET";

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
   */
  String text() {
    try {
      HttpURLConnection connection = (HttpURLConnection) target.toURL().openConnection(proxy());
      try {
        return answer(connection);
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      throw Evidence.passing(
          surroundings.method(),
          "%s at %s does not answer: %s".formatted(service, place(), e.getMessage()),
          e);
    }
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

  private Proxy proxy() {
    if (direct) {
      return Proxy.NO_PROXY;
    }
    List<Proxy> chosen = surroundings.proxies().select(target);
    return chosen.isEmpty() ? Proxy.NO_PROXY : chosen.get(0);
  }

  private String answer(HttpURLConnection connection) throws IOException {
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestMethod(method);
    headers.forEach(connection::setRequestProperty);
    if (method.equals("POST")) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(0);
      connection.getOutputStream().close();
    }
    int status = status(connection);
    if (status != HttpURLConnection.HTTP_OK) {
      throw Evidence.passing(
          surroundings.method(),
          "%s at %s answered with status %d".formatted(service, place(), status),
          null);
    }
    try (InputStream in = connection.getInputStream()) {
      byte[] body = body(in);
      if (body.length > LIMIT_BYTES) {
        throw Evidence.passing(
            surroundings.method(),
            "%s at %s answered more than %d KiB".formatted(service, place(), LIMIT_BYTES / 1024),
            null);
      }
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** A head that comes in drops may take for ever: whoever waits for this ends it. */
  private static int status(HttpURLConnection connection) throws IOException {
    Evidence.holding(connection::disconnect);
    try {
      return connection.getResponseCode();
    } finally {
      Evidence.holding(null);
    }
  }

  /** Some more than the limit at most; ends with the interrupt, which no single read notices. */
  private static byte[] body(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] some = new byte[8 * 1024];
    int count = in.read(some);
    while (count >= 0 && body.size() <= LIMIT_BYTES) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("it took too long");
      }
      body.write(some, 0, count);
      count = in.read(some);
    }
    return body.toByteArray();
  }

  /** The address without its query. */
  private String place() {
    return target.getScheme() + "://" + target.getAuthority() + target.getPath();
  }
}
