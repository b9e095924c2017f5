package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.machineid.testkit.internal.role.KubernetesAccess;
import java.net.http.HttpHeaders;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Who a request is made as in the Kubernetes cluster.
 *
 * @param user exactly one
 * @param groups at least one
 */
record Principals(String user, List<String> groups) {

  private static final String PREFIX = "impersonate-";
  private static final String USER_HEADER = "Impersonate-User";
  private static final String GROUP_HEADER = "Impersonate-Group";
  private static final String AUTHENTICATED = "system:authenticated";

  /**
   * Chooses among what the roles allow, as the client wishes.
   *
   * @param teleportUser stands in where the roles name no user
   * @param access what the roles allow
   * @param headers may narrow it
   */
  static Principals choose(String teleportUser, KubernetesAccess access, HttpHeaders headers) {
    Set<String> users = access.users();
    Set<String> groups = new LinkedHashSet<>(access.groups());
    if (users.isEmpty() && groups.isEmpty()) {
      throw Refusal.byProxy(
          FailureStatus.notFound(
              "Your user's Teleport role does not allow Kubernetes access. Please ask cluster administrator to"
                  + " ensure your role has appropriate kubernetes_groups and kubernetes_users set."));
    }
    refuseOthers(headers);
    groups.add(AUTHENTICATED);
    return new Principals(
        user(users.isEmpty() ? Set.of(teleportUser) : users, headers), groups(groups, headers));
  }

  private static void refuseOthers(HttpHeaders headers) {
    for (String name : headers.map().keySet()) {
      if (name.toLowerCase(Locale.ROOT).startsWith(PREFIX)
          && !name.equalsIgnoreCase(USER_HEADER)
          && !name.equalsIgnoreCase(GROUP_HEADER)) {
        throw denied("unsupported header \"" + name + "\"");
      }
    }
  }

  private static String user(Set<String> allowed, HttpHeaders headers) {
    List<String> wanted = given(headers, USER_HEADER);
    checkAllowed("user header \"%s\" is not allowed in roles", wanted, allowed);
    if (wanted.isEmpty() && allowed.size() > 1) {
      throw denied("the roles allow several users, choose one with the header " + USER_HEADER);
    }
    return wanted.isEmpty() ? allowed.iterator().next() : wanted.get(0);
  }

  private static List<String> groups(Set<String> allowed, HttpHeaders headers) {
    List<String> wanted = given(headers, GROUP_HEADER);
    checkAllowed("group header \"%s\" value is not allowed in roles", wanted, allowed);
    return List.copyOf(wanted.isEmpty() ? allowed : wanted);
  }

  private static void checkAllowed(
      String message, List<String> wanted, Collection<String> allowed) {
    for (String name : wanted) {
      if (!allowed.contains(name)) {
        throw denied(message.formatted(name));
      }
    }
  }

  private static List<String> given(HttpHeaders headers, String name) {
    return headers.allValues(name).stream().filter(value -> !value.isEmpty()).toList();
  }

  private static Refusal denied(String why) {
    return Refusal.byAgent(
        FailureStatus.forbidden("impersonation request has been denied, " + why));
  }
}
