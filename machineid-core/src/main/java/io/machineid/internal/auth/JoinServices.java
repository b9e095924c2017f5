package io.machineid.internal.auth;

import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What servers were found not to have, so that they are asked once. Thread-safe. */
final class JoinServices {

  private final Set<Lack> lacks = ConcurrentHashMap.newKeySet();

  /** By what tells servers apart; a route also holds what is made anew for each connection. */
  private record Lack(HostPort address, List<String> alpn, String serverName, String call) {
    static Lack of(AuthRoute route, String call) {
      return new Lack(route.address(), route.alpn(), route.serverName(), call);
    }
  }

  /** Whether there may be such a call at the end of a route. */
  boolean mayHave(AuthRoute route, String call) {
    return !lacks.contains(Lack.of(route, call));
  }

  /** There is none. */
  void lacks(AuthRoute route, String call) {
    lacks.add(Lack.of(route, call));
  }
}
