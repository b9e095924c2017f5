package io.machineid.internal.auth;

import io.machineid.internal.transport.AuthRoute;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What servers were found not to have, so that they are asked once. Thread-safe. */
final class JoinServices {

  private final Set<Lack> lacks = ConcurrentHashMap.newKeySet();

  private record Lack(AuthRoute route, String call) {}

  /** Whether there may be such a call at the end of a route. */
  boolean mayHave(AuthRoute route, String call) {
    return !lacks.contains(new Lack(route, call));
  }

  /** There is none. */
  void lacks(AuthRoute route, String call) {
    lacks.add(new Lack(route, call));
  }
}
