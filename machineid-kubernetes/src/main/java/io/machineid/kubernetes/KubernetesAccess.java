package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.ClosedException;
import io.machineid.CredentialRequest;
import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import io.machineid.LiveCredential;
import io.machineid.kubernetes.internal.LiveHttpClient;
import io.machineid.kubernetes.internal.Surroundings;
import io.machineid.kubernetes.internal.TlsGenerations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One Kubernetes cluster as a bot may use it. Everything live that it hands out stays valid for as
 * long as the bot is open: certificates rotate beneath it. Thread-safe.
 *
 * <p>All clients, those of {@link Fabric8} and {@link OfficialClient} too, send and verify the name
 * that the proxy routes by, and refuse every other certificate. They fail at once, with a {@link
 * io.machineid.CredentialException}, when the certificate has ended and there is no newer one, or a
 * {@link ClosedException} after close of this or of the bot; where a client allows no other
 * exceptions than its own, these are the causes.
 *
 * <p>After a rotation nothing new is sent with the old certificate. Requests in flight end as they
 * would have, and connections are closed when they are idle. What is still open on a connection
 * when its certificate is about to end is closed by this side, each stream at a moment of its own
 * between 80 and 90 percent of what the certificate had left at the rotation:
 *
 * <ul>
 *   <li>a watch ends as it does when the server ends one: informers, and fabric8's watches, go on
 *       after the last event without a new list; who reads a watch alone opens the next one;
 *   <li>exec, attach, port-forward and logs that are followed end with an {@link
 *       java.io.IOException} at their reader or listener, since nobody can resume them: open them
 *       again where that makes sense.
 * </ul>
 *
 * <p>No request is sent twice, with one exception: a GET or HEAD that the server refused with 401
 * or 403, when the certificate that it was sent with has been replaced meanwhile.
 *
 * <p>HTTP proxies are those of {@link java.net.ProxySelector#getDefault()} where the JVM was told
 * about them, or else those of {@code HTTPS_PROXY} and {@code NO_PROXY} in the environment.
 */
public final class KubernetesAccess implements AutoCloseable {

  private static final Logger LOG = System.getLogger(KubernetesAccess.class.getPackageName());
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

  private final String teleportCluster;
  private final KubernetesCluster cluster;
  private final KubernetesEndpoint endpoint;
  private final LiveCredential credential;
  private final TlsGenerations generations;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Owned> owned = new ArrayDeque<>();
  private @Nullable LiveHttpClient httpClient;
  private boolean closed;

  private record Owned(AutoCloseable resource, BooleanSupplier isClosed) {}

  KubernetesAccess(
      String teleportCluster,
      KubernetesCluster cluster,
      KubernetesEndpoint endpoint,
      LiveCredential credential,
      Surroundings surroundings) {
    this.teleportCluster = teleportCluster;
    this.cluster = cluster;
    this.endpoint = endpoint;
    this.credential = credential;
    this.generations =
        new TlsGenerations(
            "the Kubernetes cluster \"" + cluster.name() + "\"",
            credential,
            endpoint.verifiedName(),
            surroundings);
  }

  /**
   * Finds a Kubernetes cluster and gets the bot a credential for it. Blocks until there is one.
   *
   * @param bot the bot; its close ends everything that comes from here
   * @param cluster the cluster's name in Teleport, or the name it was discovered by where only one
   *     cluster has that
   * @param roles the roles to use, or none for all that the bot may use
   * @return access with a credential that the bot keeps valid
   * @throws io.machineid.CredentialException when the bot sees no such cluster, with the names of
   *     those that it sees, or when the cluster refuses
   * @throws io.machineid.ConnectionException when Teleport cannot be reached
   */
  public static KubernetesAccess to(Bot bot, String cluster, String... roles) {
    return to(bot, CredentialRequest.kubernetes(cluster, roles));
  }

  /**
   * The same with a lifetime of its own, or in a leaf cluster.
   *
   * <p>Experimental: a request that is {@linkplain CredentialRequest#routedTo routed to} a leaf
   * cluster gets access to a Kubernetes cluster of that one, through the proxy of the bot's own
   * cluster. Leaves are not asked what they have: the name has to be the full one, labels are
   * empty, and a name that the leaf does not know shows with the first request.
   *
   * @param bot the bot; its close ends everything that comes from here
   * @param request what to ask for; it names a Kubernetes cluster
   * @return access with a credential that the bot keeps valid
   * @throws IllegalArgumentException when the request names no Kubernetes cluster
   * @throws io.machineid.CredentialException when the bot sees no such cluster, with the names of
   *     those that it sees, or when the cluster refuses
   * @throws io.machineid.ConnectionException when Teleport cannot be reached
   */
  public static KubernetesAccess to(Bot bot, CredentialRequest request) {
    return Opening.access(
        Objects.requireNonNull(bot, "bot"),
        request,
        request
            .kubernetesCluster()
            .orElseThrow(
                () -> new IllegalArgumentException("the request names no Kubernetes cluster")));
  }

  /**
   * The cluster.
   *
   * @return its name and labels in Teleport
   */
  public KubernetesCluster cluster() {
    return cluster;
  }

  /**
   * Where requests go.
   *
   * @return the proxy's address for Kubernetes and the name to verify
   */
  public KubernetesEndpoint endpoint() {
    return endpoint;
  }

  /**
   * The credential itself, for what this class does not cover. It is closed with this access.
   *
   * @return the live credential
   */
  public LiveCredential credential() {
    return credential;
  }

  /**
   * A kubeconfig with the current certificate and key inside: a snapshot that ends with them.
   *
   * @return the kubeconfig
   */
  public Kubeconfig kubeconfig() {
    return Kubeconfig.of(teleportCluster, cluster.name(), endpoint, credential.current());
  }

  /**
   * A kubeconfig that asks a program for the credential.
   *
   * @param plugin the program
   * @return the kubeconfig, without secrets
   */
  public Kubeconfig kubeconfig(ExecPlugin plugin) {
    return kubeconfig().withExecPlugin(plugin);
  }

  /**
   * The JDK's client, for requests to {@link #endpoint()}. It is the same object each time and is
   * closed with this access. A request without a time-out gets one of 60 seconds, watches and logs
   * that are followed excepted. Connections are added as there are more requests and watches at
   * once than one can carry.
   *
   * @return the live client
   */
  public HttpClient httpClient() {
    lock.lock();
    try {
      LiveHttpClient client = httpClient;
      if (client == null) {
        client =
            own(
                new LiveHttpClient(
                    generations, builder -> builder.connectTimeout(CONNECT_TIMEOUT)));
        httpClient = client;
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes the clients that were made from this access, and ends the renewal of its credential. The
   * bot stays open. What is still open ends with an error, on another thread and perhaps a moment
   * later: who reads may hold it up, but not this.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      httpClient = null;
      while (!owned.isEmpty()) {
        closeQuietly(owned.removeLast().resource());
      }
    } finally {
      lock.unlock();
    }
    generations.close();
    credential.close();
  }

  private static boolean isOver(Owned each) {
    boolean over = each.isClosed().getAsBoolean();
    if (over) {
      closeQuietly(each.resource()); // all of it
    }
    return over;
  }

  static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception | Error e) { // what is left has to be closed in any case
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.log(Level.DEBUG, "a Kubernetes client did not close", e);
    }
  }

  /** The Teleport cluster that it belongs to. */
  String teleportCluster() {
    return teleportCluster;
  }

  TlsGenerations generations() {
    return generations;
  }

  /** Notes what {@link #close()} shall close; closes it now when it is too late for that. */
  <T extends AutoCloseable> T own(T resource) {
    return own(resource, () -> false);
  }

  /** The same for what its user may close before: it is let go with the next one that comes. */
  <T extends AutoCloseable> T own(T resource, BooleanSupplier isClosed) {
    lock.lock();
    try {
      if (!closed) {
        owned.removeIf(KubernetesAccess::isOver);
        owned.addLast(new Owned(resource, isClosed));
        return resource;
      }
    } finally {
      lock.unlock();
    }
    closeQuietly(resource);
    throw new ClosedException("the access to Kubernetes cluster \"" + cluster.name() + "\"");
  }
}
