package io.machineid.internal.lifecycle;

import io.machineid.KubernetesCluster;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.transport.AuthRoute;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may look at what roles see. The bot's own identity sees nothing; every credential with the
 * roles sees it, whatever else it is for. So the first one that is issued does, and all who look
 * with the same roles share its connection, which ends when nobody has looked for a while.
 * Thread-safe.
 */
final class Viewers implements AutoCloseable {

  private final AuthRoute route;
  private final Map<List<String>, Viewer> byRoles = new HashMap<>();
  private boolean closed;

  private record Viewer(AuthClient client, Instant notAfter) {}

  Viewers(AuthRoute route) {
    this.route = route;
  }

  /** Keeps an identity that has the roles, unless there is one already; connects to nothing. */
  synchronized AuthClient offer(List<String> roles, Supplier<Identity> offered, Instant now) {
    AuthClient known = known(roles, now);
    if (known != null) {
      return known;
    }
    Identity identity = offered.get();
    AuthClient client = Entrance.briefClient(route, identity);
    if (closed) {
      client.close();
      return client;
    }
    Viewer ended = byRoles.put(roles, new Viewer(client, identity.notAfter()));
    if (ended != null) {
      ended.client().closeGently();
    }
    return client;
  }

  private synchronized @Nullable AuthClient known(List<String> roles, Instant now) {
    Viewer viewer = byRoles.get(roles);
    return viewer != null && viewer.notAfter().isAfter(now) ? viewer.client() : null;
  }

  /**
   * The Kubernetes clusters that roles see; asks the cluster, and blocks.
   *
   * @param issue makes an identity with the roles, should none have been offered
   */
  List<KubernetesCluster> kubernetesClusters(
      List<String> roles, Instant now, Supplier<Identity> issue) {
    AuthClient known = known(roles, now);
    if (known == null) {
      Identity issued = issue.get();
      known = offer(roles, () -> issued, now);
    }
    return known.kubernetesClusters();
  }

  /** Lets calls under way finish, then closes. */
  synchronized void retire() {
    closed = true;
    byRoles.values().forEach(viewer -> viewer.client().closeGently());
  }

  @Override
  public synchronized void close() {
    closed = true;
    byRoles.values().forEach(viewer -> viewer.client().close());
  }
}
