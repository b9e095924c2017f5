package io.machineid.testkit.internal.listener;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.listener.HttpApi.Answer;
import io.machineid.testkit.internal.state.Refusal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Answers as Teleport's HTTP servers give them, with the headers that they set. */
final class HttpAnswers {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> SECURITY =
      ordered(
          "Referrer-Policy", "strict-origin",
          "Strict-Transport-Security", "max-age=31536000; includeSubDomains",
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "SAMEORIGIN",
          "X-Xss-Protection", "1; mode=block");
  private static final Map<String, String> UNCACHED =
      ordered(
          "Cache-Control",
          "no-cache, no-store, must-revalidate",
          "Expires",
          "0",
          "Pragma",
          "no-cache");

  private static final String PAGE_POLICY =
      "base-uri 'self'; default-src 'self'; form-action 'self'; frame-ancestors 'none'; "
          + "img-src 'self' data: blob:; object-src 'none'; script-src 'self' 'none'; "
          + "style-src 'self' 'unsafe-inline';";

  private HttpAnswers() {}

  static Answer json(int status, Object value) {
    try {
      return uncached(status, "application/json", utf8(JSON.writeValueAsString(value)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer as JSON", e);
    }
  }

  static Answer error(Refusal refusal) {
    try {
      String body =
          "{\n    \"error\": {\n        \"message\": %s\n    }\n}"
              .formatted(JSON.writeValueAsString(refusal.words()));
      return withRetryAfter(
          uncached(refusal.httpStatus(), "application/json", utf8(body)), refusal.retryAfter());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an error as JSON", e);
    }
  }

  private static Answer withRetryAfter(Answer answer, Optional<Duration> retryAfter) {
    if (retryAfter.isEmpty()) {
      return answer;
    }
    Map<String, String> headers = new LinkedHashMap<>(answer.headers());
    headers.put("Retry-After", Long.toString(retryAfter.get().toSeconds()));
    return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
  }

  static Answer noSuchPage() {
    return new Answer(404, "text/plain; charset=utf-8", utf8("404 page not found\n"), SECURITY);
  }

  static Answer page(String html) {
    return html(200, html, Map.of());
  }

  static Answer redirect(String location) {
    return html(302, "<a href=\"" + location + "\">Found</a>.\n\n", Map.of("Location", location));
  }

  private static Answer html(int status, String text, Map<String, String> more) {
    Answer answer = uncached(status, "text/html; charset=utf-8", utf8(text));
    Map<String, String> headers = new LinkedHashMap<>(answer.headers());
    headers.put("Content-Security-Policy", PAGE_POLICY);
    headers.putAll(more);
    return new Answer(status, answer.contentType(), answer.body(), headers);
  }

  private static Answer uncached(int status, String contentType, ByteString body) {
    Map<String, String> headers = new LinkedHashMap<>(UNCACHED);
    headers.putAll(SECURITY);
    return new Answer(status, contentType, body, headers);
  }

  private static Map<String, String> ordered(String... namesAndValues) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
