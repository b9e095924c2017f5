package io.machineid.kubernetes.internal;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells requests that stay open for as long as the caller likes from those that shall end soon. */
final class Streams {

  /** How long a request may wait for its answer when the user has not said it. */
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);

  private static final Pattern WATCH = Pattern.compile("watch=(true|1)");
  private static final Pattern ENDLESS = Pattern.compile("(watch|follow)=(true|1)");

  private Streams() {}

  /** Whether the raw query of a request asks for a watch, or for a log that goes on. */
  static boolean isEndless(@Nullable String query) {
    return has(ENDLESS, query);
  }

  /**
   * Whether an answer is a watch's with an event on each line. Such a watch may end after any line,
   * as servers end it now and then, and who reads it goes on after the last event that he has. In
   * all other streams an end says something, so that they must end with an error.
   */
  static boolean mayEndAfterALine(@Nullable String query, @Nullable String contentType) {
    return has(WATCH, query) && contentType != null && contentType.startsWith("application/json");
  }

  private static boolean has(Pattern wanted, @Nullable String query) {
    return query != null
        && Arrays.stream(query.split("&")).anyMatch(part -> wanted.matcher(part).matches());
  }

  /** The JDK waits for ever by default, and version 17 sometimes really does. */
  static HttpRequest timed(HttpRequest request) {
    if (request.timeout().isPresent() || isEndless(request.uri().getRawQuery())) {
      return request;
    }
    return HttpRequest.newBuilder(request, (name, value) -> true).timeout(REQUEST_TIMEOUT).build();
  }
}
