package io.machineid.testkit.internal.kubernetes;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/**
 * Who asks, after impersonation.
 *
 * @param user the user's name
 * @param groups the groups, as sent and with what the API server adds
 */
record Caller(String user, List<String> groups) {

  static final String AUTHENTICATED = "system:authenticated";
  static final String MASTERS = "system:masters";

  Caller {
    groups = List.copyOf(groups);
  }

  /** The impersonated user; the agent itself, which may do everything, where there is none. */
  static Caller of(HttpHeaders headers) {
    String user = headers.firstValue("Impersonate-User").orElse("");
    List<String> groups = new ArrayList<>(headers.allValues("Impersonate-Group"));
    if (user.isEmpty()) {
      return new Caller("system:admin", List.of(MASTERS, AUTHENTICATED));
    }
    if (!groups.contains(AUTHENTICATED) && !groups.contains("system:unauthenticated")) {
      groups.add(AUTHENTICATED);
    }
    return new Caller(user, groups);
  }
}
