package io.machineid.kubernetes.internal;

import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.Set;

/**
 * The one case in which a request is sent a second time: the server has refused a safe one, and the
 * certificate of its connection has been replaced meanwhile.
 */
final class Replay {

  private static final Set<String> SAFE = Set.of("GET", "HEAD");
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private Replay() {}

  static boolean isDueToCertificate(String method, int status) {
    return (status == UNAUTHORIZED || status == FORBIDDEN) && SAFE.contains(method);
  }

  /** Reads the body of an answer that nobody will see. */
  @SuppressWarnings("NullAway") // the JDK has no null marks: a body may be null
  static <T> BodySubscriber<T> nothing() {
    return BodySubscribers.replacing(null);
  }
}
