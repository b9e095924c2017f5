package io.machineid;

import io.machineid.destination.Destination;
import io.machineid.internal.auth.AuthOrProxyRoute;
import io.machineid.internal.auth.AuthTrust;
import io.machineid.internal.auth.ClusterRoute;
import io.machineid.internal.auth.Joins;
import io.machineid.internal.auth.ProxyRoute;
import io.machineid.internal.auth.Routes;
import io.machineid.internal.diagnosis.Diagnoser;
import io.machineid.internal.diagnosis.Given;
import io.machineid.internal.lifecycle.BotRuntime;
import io.machineid.internal.lifecycle.BotSettings;
import io.machineid.internal.lifecycle.SharedScheduler;
import io.machineid.internal.pki.CaPin;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TrustRoots;
import io.machineid.join.JoinMethod;
import java.net.ProxySelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A bot that has joined a Teleport cluster: it holds a short-lived identity and renews it in the
 * background until it is closed. From it come credentials for what is enrolled in the cluster.
 *
 * <p>Thread-safe. Methods that ask the cluster block, each for at most some tens of seconds; the
 * others never do. Renewal runs on daemon threads named {@code machineid-…}, which exist only while
 * there is work; listeners are called on one event thread. While renewal fails, everything goes on
 * with what there is, and {@link #state()} says so.
 *
 * @see <a href="https://goteleport.com/docs/machine-id/introduction/">Teleport: Machine ID</a>
 */
public final class Bot implements AutoCloseable {

  private final BotRuntime runtime;

  private Bot(BotRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * Begins to describe a bot.
   *
   * @return an empty builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Who the bot is now.
   *
   * @return a snapshot of the newest identity
   * @throws ClosedException after close
   */
  public BotIdentity identity() {
    return runtime.identity();
  }

  /**
   * How the bot is now. Never blocks or throws.
   *
   * @return the state
   */
  public BotState state() {
    return runtime.state();
  }

  /**
   * Why the last renewal failed.
   *
   * @return the error, or empty when the last renewals went well
   */
  public Optional<MachineIdException> lastError() {
    return runtime.lastError();
  }

  /**
   * The cluster's time, as well as this bot knows it: its own clock, corrected by the difference
   * that it measured. Certificates begin and end by this time. Never blocks or throws.
   *
   * @return a clock that follows later measurements
   */
  public InstantSource clock() {
    return runtime::now;
  }

  /**
   * How the bot and its credentials are now. Never blocks.
   *
   * @return a snapshot
   * @throws ClosedException after close
   */
  public BotHealth health() {
    return runtime.health();
  }

  /**
   * Waits until the bot is ready: at once after a start, or when it has recovered.
   *
   * @param timeout how long to wait at most, in real time
   * @return true when the bot is ready, false when it was not in time or is closed
   * @throws InterruptedException when the calling thread is interrupted
   */
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    return runtime.awaitReady(timeout);
  }

  /**
   * Where the bot waits, for what hangs on its certificates and has to be done in time.
   *
   * @return the scheduler that it was built with
   */
  public Scheduler scheduler() {
    return runtime.scheduler();
  }

  /**
   * Who counts for this bot. What it throws is logged and changes nothing.
   *
   * @return what the builder was given, or one that does nothing
   */
  public BotMetrics metrics() {
    return runtime.metrics();
  }

  /**
   * Issues a credential and keeps it valid until it or the bot is closed. Blocks for the first one.
   *
   * @param request what to issue
   * @return the live credential
   * @throws CredentialException when the cluster refuses: the reason tells a missing role from an
   *     unknown cluster
   * @throws ConnectionException when the cluster cannot be reached
   * @throws ClosedException after close
   */
  public LiveCredential credential(CredentialRequest request) {
    return runtime.credential(Objects.requireNonNull(request, "request"));
  }

  /**
   * The Kubernetes clusters that roles of the bot can see. Asks the cluster each time; blocks.
   *
   * @param roles the roles to look with, or none for all that the bot may use
   * @return the clusters, possibly none
   * @throws CredentialException when the cluster refuses
   * @throws ConnectionException when the cluster cannot be reached
   * @throws ClosedException after close
   */
  public List<KubernetesCluster> kubernetesClusters(List<String> roles) {
    return runtime.kubernetesClusters(List.copyOf(roles));
  }

  /**
   * The same, but an answer that is no older serves again: for many questions at about the same
   * time. Blocks where there is none.
   *
   * @param roles the roles to look with, or none for all that the bot may use
   * @param oldest how old the answer may be, zero or more
   * @return the clusters, possibly none
   * @throws CredentialException when the cluster refuses
   * @throws ConnectionException when the cluster cannot be reached
   * @throws ClosedException after close
   */
  public List<KubernetesCluster> kubernetesClusters(List<String> roles, Duration oldest) {
    if (oldest.isNegative()) {
      throw new IllegalArgumentException("oldest must not be negative, is " + oldest);
    }
    return runtime.kubernetesClusters(List.copyOf(roles), oldest);
  }

  /**
   * Where the cluster's proxy takes Kubernetes requests. Blocks the first time.
   *
   * @return the address, and the name to verify there
   * @throws CredentialException when the proxy takes none
   * @throws ConnectionException when the proxy cannot be reached
   * @throws ClosedException after close
   */
  public KubernetesEndpoint kubernetesEndpoint() {
    return runtime.kubernetesEndpoint();
  }

  /**
   * What connections to {@link #kubernetesEndpoint()} go through, for clients of one's own: the
   * HTTP proxies of the JVM or the environment, or where a load balancer ends TLS before the
   * cluster's proxy, a tunnel of this process, which takes its clients' word from {@code
   * Proxy-Authorization}: those of {@code machineid-kubernetes} know it.
   *
   * @return always the same selector; it is of no use after close
   */
  public ProxySelector kubernetesProxies() {
    return runtime.kubernetesProxies();
  }

  /**
   * The version of Teleport that the cluster's proxy runs. Blocks the first time.
   *
   * @return what the proxy said when it was first asked, such as {@code 16.4.7}
   * @throws ConnectionException when the proxy cannot be reached
   * @throws ClosedException after close
   */
  public String proxyVersion() {
    return runtime.proxyVersion();
  }

  /**
   * Where the cluster's proxy is, as the cluster publishes it. Blocks the first time.
   *
   * @return {@code host:port} of its web port
   * @throws CredentialException when the cluster refuses to say
   * @throws ConnectionException when the proxy cannot be reached, or there is none
   * @throws ClosedException after close
   */
  public String proxyAddress() {
    return runtime.proxyAddress().toString();
  }

  /**
   * The certificate authorities that the cluster trusts, as of the newest identity. Blocks the
   * first time after each renewal.
   *
   * @return the authorities
   * @throws CredentialException when the cluster refuses
   * @throws ConnectionException when the cluster cannot be reached
   * @throws ClosedException after close
   */
  public CertificateAuthorities certificateAuthorities() {
    return runtime.certificateAuthorities();
  }

  /**
   * Asks for a renewal now: of the identity, and then of all credentials, also where the identity
   * cannot be stored or is superseded, and so stays as it is; where the cluster cannot be reached
   * or refuses it, they wait for it. Returns at once; events tell how it goes. While a renewal is
   * under way, one more is noted, however often this is called. After close it does nothing.
   */
  public void renewSoon() {
    runtime.renewSoon();
  }

  /**
   * Ends renewal, connections and threads. Credentials stay valid in the cluster until they end by
   * themselves.
   */
  @Override
  public void close() {
    runtime.close();
  }

  /** Names cluster, bot and state. */
  @Override
  public String toString() {
    BotState state = state();
    return state == BotState.CLOSED ? "Bot[CLOSED]" : "Bot[" + state + ", " + identity() + "]";
  }

  /**
   * Describes a bot. Setters check at once, do no I/O, and may be called once each. Not
   * thread-safe.
   */
  public static final class Builder {

    private static final Duration LONGEST_TTL = Duration.ofHours(24);
    private static final Duration SHORTEST_TTL = Duration.ofMinutes(1);

    private @Nullable HostPort proxy;
    private @Nullable HostPort authServer;
    private @Nullable JoinMethod join;
    private @Nullable List<CaPin> caPins;
    private @Nullable List<X509Certificate> clusterAuthorities;
    private @Nullable List<X509Certificate> webRoots;
    private final List<Supplier<? extends Collection<X509Certificate>>> moreWebRoots =
        new ArrayList<>();
    private boolean insecure;
    private boolean useProxyAddress;
    private Destination storage = Destination.memory();
    private Duration ttl = Duration.ofHours(1);
    private Optional<Duration> renewalInterval = Optional.empty();
    private InstantSource clock = InstantSource.system();
    private Scheduler scheduler = SharedScheduler.INSTANCE;
    private BotMetrics metrics = new BotMetrics() {};
    private HeartbeatMode heartbeats = HeartbeatMode.REPEATED;
    private Supplier<List<ServiceHealth>> serviceHealth = List::of;
    private int expectedCredentials = 1;
    private final List<BotListener> listeners = new ArrayList<>();

    private Builder() {}

    private static <T> void once(@Nullable T earlier, String property) {
      if (earlier != null) {
        throw new IllegalStateException(property + " was set already");
      }
    }

    /**
     * Reaches the cluster through its proxy, with TLS routing. Give this or {@link #authServer}.
     *
     * @param address {@code host:port} of the proxy's web port
     * @return this
     */
    public Builder proxy(String address) {
      once(proxy, "proxy");
      proxy = HostPort.parse(address);
      return this;
    }

    /**
     * Reaches the cluster's auth server directly. It must be verified: give {@link #caPins} or
     * {@link #clusterAuthorities} as well, unless the storage holds an identity. Where the address
     * turns out to be a proxy's, that is used, and verified by its web certificate: {@link #proxy}
     * says so at once.
     *
     * @param address {@code host:port} of the auth server
     * @return this
     */
    public Builder authServer(String address) {
      once(authServer, "authServer");
      authServer = HostPort.parse(address);
      return this;
    }

    /**
     * Uses the address given as {@link #proxy} for all that goes to the proxy, and in kubeconfigs,
     * whatever address the proxy publishes: for networks where that one does not exist. What {@code
     * TBOT_USE_PROXY_ADDR} does for {@code tbot}.
     *
     * @return this
     */
    public Builder useProxyAddress() {
      useProxyAddress = true;
      return this;
    }

    /**
     * How to join. May be left out where {@link #storage} holds an identity.
     *
     * @param method the join method
     * @return this
     */
    public Builder join(JoinMethod method) {
      once(join, "join");
      join = Objects.requireNonNull(method, "method");
      return this;
    }

    /**
     * Verifies the auth server by its cluster's CA pins, as {@code tctl status} prints them. With
     * {@link #authServer} only: a proxy is verified by its web certificate.
     *
     * @param pins {@code sha256:} and 64 hex digits, each
     * @return this
     */
    public Builder caPins(Collection<String> pins) {
      once(caPins, "caPins");
      if (pins.isEmpty()) {
        throw new IllegalArgumentException("no CA pins");
      }
      caPins = pins.stream().map(CaPin::new).toList();
      return this;
    }

    /**
     * Verifies the auth server by its cluster's host CA. With {@link #authServer} only.
     *
     * @param authorities the CA's certificates
     * @return this
     */
    public Builder clusterAuthorities(Collection<X509Certificate> authorities) {
      once(clusterAuthorities, "clusterAuthorities");
      if (authorities.isEmpty()) {
        throw new IllegalArgumentException("no cluster authorities");
      }
      clusterAuthorities = List.copyOf(authorities);
      return this;
    }

    /**
     * Joins an auth server without verifying it: whoever answers gets the token. With {@link
     * #authServer} only, and never outside of an experiment.
     *
     * @return this
     */
    public Builder insecurelyTrustAnyAuthServer() {
      insecure = true;
      return this;
    }

    /**
     * Trusts these roots, and no others, for the proxy's web certificate. Default: those of the
     * Java runtime.
     *
     * @param roots root certificates
     * @return this
     */
    public Builder webRoots(Collection<X509Certificate> roots) {
      once(webRoots, "webRoots");
      if (roots.isEmpty()) {
        throw new IllegalArgumentException("no web roots");
      }
      webRoots = List.copyOf(roots);
      return this;
    }

    /**
     * Trusts these roots besides those of the Java runtime for the proxy's web certificate. May be
     * called several times. Each is asked for once, and only when those before it do not vouch for
     * a server; the runtime's own come last, so that they need not be read where these do. Not with
     * {@link #webRoots}.
     *
     * @param roots gives root certificates, or none; may block. While it throws, no server is
     *     believed that those before it do not vouch for
     * @return this
     */
    public Builder moreWebRoots(Supplier<? extends Collection<X509Certificate>> roots) {
      moreWebRoots.add(Objects.requireNonNull(roots, "roots"));
      return this;
    }

    /**
     * Where the bot's identity outlives the process, in the files of {@code tbot}. Default: memory,
     * which is right for methods that can join again; a bot that joined by token needs a new token
     * after a restart then.
     *
     * @param destination the store; the bot takes the sole right to it while it is open
     * @return this
     */
    public Builder storage(Destination destination) {
      storage = Objects.requireNonNull(destination, "destination");
      return this;
    }

    /**
     * How long certificates shall live. The server may grant less; renewal goes by what it granted.
     *
     * @param lifetime a minute to 24 hours; default one hour
     * @return this
     */
    public Builder credentialTtl(Duration lifetime) {
      if (lifetime.compareTo(SHORTEST_TTL) < 0 || lifetime.compareTo(LONGEST_TTL) > 0) {
        throw new IllegalArgumentException("credentialTtl must be 1m to 24h, is " + lifetime);
      }
      ttl = lifetime;
      return this;
    }

    /**
     * How often to renew, at most; shortened where certificates end sooner. Default: after a third
     * of their life.
     *
     * @param interval more than zero
     * @return this
     */
    public Builder renewalInterval(Duration interval) {
      if (interval.isNegative() || interval.isZero()) {
        throw new IllegalArgumentException("renewalInterval must be positive, is " + interval);
      }
      renewalInterval = Optional.of(interval);
      return this;
    }

    /**
     * What time it is. Default: the system's clock.
     *
     * @param source the clock
     * @return this
     */
    public Builder clock(InstantSource source) {
      clock = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Where to wait. Default: one daemon thread for all bots of the process.
     *
     * @param timers the scheduler
     * @return this
     */
    public Builder scheduler(Scheduler timers) {
      scheduler = Objects.requireNonNull(timers, "timers");
      return this;
    }

    /**
     * Tells a listener what happens. May be called several times.
     *
     * @param listener who is told
     * @return this
     */
    public Builder listener(BotListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Counts and times for a metrics library. Default: none.
     *
     * @param counters who counts
     * @return this
     */
    public Builder metrics(BotMetrics counters) {
      metrics = Objects.requireNonNull(counters, "counters");
      return this;
    }

    /**
     * Whether to tell the cluster that the bot lives. Default: {@link HeartbeatMode#REPEATED}. One
     * that does not arrive changes nothing.
     *
     * @param mode how often
     * @return this
     */
    public Builder heartbeats(HeartbeatMode mode) {
      heartbeats = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /**
     * What to tell the cluster with each heartbeat of what this process keeps valid. The first
     * heartbeat waits until nothing is {@link ServiceHealth.Status#INITIALIZING} any more, for half
     * a minute at most. Default: nothing.
     *
     * @param health asked on a thread of the bot's; must not block
     * @return this
     */
    public Builder serviceHealth(Supplier<List<ServiceHealth>> health) {
      serviceHealth = Objects.requireNonNull(health, "health");
      return this;
    }

    /**
     * How many credentials will be asked for right after the start. Clusters with the signature
     * suite {@code legacy} want RSA keys, which take long to make: for so many, 63 at most, they
     * are made while the bot joins. Default: 1.
     *
     * @param number zero or more
     * @return this
     */
    public Builder expectedCredentials(int number) {
      if (number < 0) {
        throw new IllegalArgumentException(
            "expectedCredentials must not be negative, is " + number);
      }
      expectedCredentials = number;
      return this;
    }

    /**
     * Joins the cluster, or takes up the stored identity. Blocks until the bot has an identity.
     *
     * @param timeout how long to wait at most
     * @return the bot; close it when it is no longer needed
     * @throws ConfigException when the builder lacks something, or has what does not go together
     * @throws JoinException when the cluster does not let the bot in
     * @throws ConnectionException when the cluster cannot be reached or trusted, or not in time
     * @throws DestinationException when the storage cannot be used
     */
    public Bot start(Duration timeout) {
      Objects.requireNonNull(timeout, "timeout");
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("timeout must be positive, is " + timeout);
      }
      BotSettings settings =
          new BotSettings(
              route(),
              Optional.ofNullable(join),
              storage,
              ttl,
              renewalInterval,
              clock,
              scheduler,
              listeners,
              metrics,
              heartbeats,
              serviceHealth,
              expectedCredentials + 1); // one for the identity
      return new Bot(BotStarter.start(settings, timeout));
    }

    /**
     * Finds out what is at the address and which way connections would take, without joining:
     * neither token nor storage is touched, and nothing is sent that is secret. Needs the address,
     * and how its server is verified. Blocks, each step for as long as {@link #start} would.
     *
     * @return what was found, with the first thing that is wrong
     * @throws ConfigException when the builder lacks something, or has what does not go together
     */
    public Diagnosis diagnose() {
      try (ClusterRoute route = route()) {
        return new Diagnoser(route, clock, given(rootsInWords())).run();
      }
    }

    private X509TrustManager roots() {
      if (moreWebRoots.isEmpty()) {
        return TrustRoots.of(Optional.ofNullable(webRoots));
      }
      if (webRoots != null) {
        throw new ConfigException(
            "webRoots are all that is trusted, and moreWebRoots come besides the Java runtime's: give one of the two",
            null);
      }
      return TrustRoots.with(moreWebRoots);
    }

    private String rootsInWords() {
      if (!moreWebRoots.isEmpty()) {
        return "the roots that were given and those of the Java runtime";
      }
      return webRoots == null
          ? "the roots of the Java runtime"
          : "the roots that were given (%d)".formatted(webRoots.size());
    }

    private Given given(String roots) {
      return new Given(
          roots,
          caPins == null ? List.of() : caPins,
          clusterAuthorities == null ? List.of() : clusterAuthorities,
          insecure,
          join != null && Joins.isConversation(join));
    }

    private ClusterRoute route() {
      Routes routes = Routes.ofThisProcess(roots(), useProxyAddress);
      if (proxy != null && authServer == null) {
        if (insecure || caPins != null || clusterAuthorities != null) {
          throw new ConfigException(
              "CA pins, cluster authorities and the insecure switch are for authServer; a proxy is always verified by its web certificate: give a private CA as webRoots",
              null);
        }
        return new ProxyRoute(proxy, routes);
      }
      if (useProxyAddress) {
        throw new ConfigException(
            "to use the proxy's address as it is given, one must be given: proxy (proxy_server)",
            null);
      }
      if (authServer != null && proxy == null) {
        return new AuthOrProxyRoute(authServer, authTrust(), routes);
      }
      throw new ConfigException("give either a proxy or an auth server", null);
    }

    private AuthTrust authTrust() {
      if (caPins != null && clusterAuthorities == null && !insecure) {
        return AuthTrust.pinned(caPins);
      }
      if (clusterAuthorities != null && caPins == null && !insecure) {
        return AuthTrust.authorities(clusterAuthorities);
      }
      if (insecure && caPins == null && clusterAuthorities == null) {
        return AuthTrust.anything();
      }
      if (caPins == null && clusterAuthorities == null) {
        return AuthTrust.nobody();
      }
      throw new ConfigException(
          "give one of caPins, clusterAuthorities and the insecure switch, not several", null);
    }
  }
}
