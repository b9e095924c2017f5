package io.machineid.internal.lifecycle;

import io.machineid.BotEvent;
import io.machineid.BotHealth;
import io.machineid.BotIdentity;
import io.machineid.BotMetrics;
import io.machineid.BotState;
import io.machineid.CertificateAuthorities;
import io.machineid.ClosedException;
import io.machineid.ConnectionException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.CredentialRequest;
import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.Scheduler;
import io.machineid.destination.Destination;
import io.machineid.internal.auth.AuthorityWatch;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import io.machineid.join.JoinMethod;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ProxySelector;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A bot at work: its identity, the connection that it has with it, and the credentials that hang on
 * it.
 */
public final class BotRuntime implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final long IDLE_SECONDS = 1;
  private static final int RENEWERS = 16;

  /** How an identity came into its storage that is renewed with itself. */
  private static final String TOKEN = "token";

  /** What keeps an identity from being renewed, and not from getting credentials. */
  private static final Set<Reason> IDENTITY_SERVES =
      EnumSet.of(Reason.DESTINATION, Reason.SUPERSEDED);

  private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(1);
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(5);

  private final BotSettings settings;
  private final ServerTime time;
  private final BotMetrics metrics;
  private final Events events;
  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          new DaemonThreads("worker"));

  /** For credentials: when the authorities change, all of them want to be renewed at once. */
  private final ThreadPoolExecutor renewers =
      new ThreadPoolExecutor(
          RENEWERS,
          RENEWERS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new DaemonThreads("renewer"));

  private final Scheduler scheduler;
  private final RenewalLoop.Setting renewals;
  private final RenewalLoop.Setting outputRenewals;
  private final KeySupply keys;
  private final Entrance entrance;
  private final Succession succession;
  private final List<Output> outputs = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicReference<Scheduler.Cancellable> expiry = new AtomicReference<>(() -> {});
  private final AtomicBoolean allDue = new AtomicBoolean();
  private final RenewalLoop identityLoop;
  private final AuthorityFollower authorities;
  private final StateWatch states;
  private final Heartbeats heartbeats;
  private final Asked<KubernetesEndpoint> kubernetesEndpoint;
  private Destination.@Nullable Lock storageLock;
  private volatile @Nullable Session session;

  private BotRuntime(BotSettings settings) {
    this.settings = settings;
    this.time = new ServerTime(settings.clock());
    this.metrics = new GuardedMetrics(settings.metrics());
    this.events = new Events(settings.listeners());
    RenewalPolicy policy =
        new RenewalPolicy(settings.renewalInterval(), RandomGenerator.getDefault());
    this.scheduler = new SteadyScheduler(settings.scheduler());
    this.renewals = new RenewalLoop.Setting(time, scheduler, workers, policy);
    this.renewers.allowCoreThreadTimeOut(true);
    this.outputRenewals = new RenewalLoop.Setting(time, scheduler, renewers, policy);
    this.keys = new KeySupply(KeyAlgorithm::generate, settings.expectedKeys());
    this.entrance =
        new Entrance(settings, time, new IdentityStore(settings.storage()), workers, keys);
    this.succession = new Succession(entrance, time);
    this.identityLoop = new RenewalLoop(new IdentityRenewal(), renewals);
    this.authorities = new AuthorityFollower(new AuthorityBot(), renewals);
    this.states = new StateWatch(this::state, this::lastError, events);
    this.heartbeats =
        new Heartbeats(
            new Heartbeats.Setting(
                settings.heartbeats(),
                settings.join().map(JoinMethod::name).orElse(TOKEN),
                scheduler,
                workers,
                settings.clock(),
                settings.health()),
            heartbeat -> ask(session -> session.client().submitHeartbeat(heartbeat)));
    this.kubernetesEndpoint = new Asked<>(this::findKubernetesEndpoint, workers);
  }

  /** Enters the cluster; blocks until there is an identity, or no way to one. */
  public static BotRuntime start(BotSettings settings) {
    BotRuntime runtime = new BotRuntime(settings);
    try {
      runtime.enter();
      return runtime;
    } catch (RuntimeException | Error e) {
      runtime.close();
      throw e;
    }
  }

  private void enter() {
    long began = System.nanoTime();
    settings.storage().prepare();
    storageLock = settings.storage().lock();
    Entrance.Entered entered = entrance.enter();
    session = open(entered);
    metrics.joined(since(began));
    BotIdentity identity = entered.identity().snapshot();
    LOG.log(Level.INFO, "joined: {0}", identity);
    events.publish(new BotEvent.Joined(identity));
    entered.problem().ifPresentOrElse(identityLoop::startFailed, identityLoop::start);
    watchExpiry();
    states.look();
    authorities.restart();
    tellWhereInstancesAre();
  }

  /** A cluster that keeps instances of bots may become one with an upgrade, too. */
  private void tellWhereInstancesAre() {
    if (newest().subject().botInstanceId().isPresent()) {
      heartbeats.start();
    }
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private Session open(Entrance.Entered entered) {
    settings.route().known(entered.identity().certificates().tlsAuthorities());
    AuthRoute route = settings.route().auth(entered.identity().subject().cluster());
    Session opened = new Session(entered, route, time, workers, keys);
    opened.client().presumeServer(settings.route().serverMajor());
    return opened;
  }

  /** Has the end of the identity told when it comes, and not only when the next renewal fails. */
  private void watchExpiry() {
    Duration left = Duration.between(time.now(), newest().notAfter()).plus(EXPIRY_MARGIN);
    Duration wait = left.isNegative() ? Duration.ZERO : left;
    expiry.getAndSet(scheduler.schedule(this::lookAtExpiry, wait)).cancel();
    if (closed.get()) {
      expiry.getAndSet(() -> {}).cancel();
    }
  }

  private void lookAtExpiry() {
    if (!closed.get()) {
      states.look();
    }
  }

  /** The newest identity, also of a bot that is being closed. */
  private Identity newest() {
    return Objects.requireNonNull(session, "the bot has not entered").identity();
  }

  private Session session() {
    Session current = session;
    if (closed.get() || current == null) {
      throw new ClosedException("the bot");
    }
    return current;
  }

  /**
   * Asks the cluster, and again where a renewal took the connection away between two steps. What
   * fails because the bot was closed meanwhile says so.
   */
  private <T> T ask(Function<Session, T> question) {
    while (true) {
      Session asked = session();
      try {
        return question.apply(asked);
      } catch (RuntimeException e) {
        boolean replaced = session() != asked;
        if (!replaced || !(e instanceof ConnectionException)) {
          throw e;
        }
      }
    }
  }

  /** Who the bot is now. */
  public BotIdentity identity() {
    return session().identity().snapshot();
  }

  /** How the bot is now. */
  public BotState state() {
    Session current = session;
    if (closed.get() || current == null) {
      return BotState.CLOSED;
    }
    if (current.identity().notAfter().isBefore(time.now())) {
      return BotState.EXPIRED;
    }
    Optional<MachineIdException> error = lastError();
    if (error.isPresent() && error.get().reason() == Reason.LOCKED) {
      return BotState.LOCKED;
    }
    return error.isPresent() ? BotState.DEGRADED : BotState.READY;
  }

  /** How the bot and its credentials are now. */
  public BotHealth health() {
    Session current = session();
    return new BotHealth(
        state(),
        lastError(),
        current.identity().notAfter(),
        time.offset(),
        outputs.stream().map(Output::health).toList());
  }

  /** Waits until the bot is ready, in real time. */
  public boolean awaitReady(Duration longest) throws InterruptedException {
    return states.awaitReady(longest);
  }

  /** Why the last renewal of the identity, or else of a credential, failed; empty when none did. */
  public Optional<MachineIdException> lastError() {
    return Stream.concat(
            identityLoop.lastError().stream(),
            outputs.stream().flatMap(output -> output.lastError().stream()))
        .findFirst();
  }

  /** Issues a credential and keeps it valid; blocks for the first. */
  public LiveCredential credential(CredentialRequest request) {
    Duration ttl = request.ttl().orElse(settings.ttl());
    Session begun = session();
    if (request.kubernetesCluster().isPresent()) {
      // Whoever asks for the one will ask for the other; meanwhile the certificate is made.
      CompletableFuture<?> unused = ask(session -> kubernetesEndpoint.underWay());
    }
    Output output =
        new Output(
            request, generation -> issue(request, ttl, generation), events, new OutputOwner());
    outputs.add(output);
    output.start(renewals(request));
    if (closed.get()) {
      output.close();
      throw new ClosedException("the bot");
    }
    if (session != begun) {
      output.renewSoon(); // it may have been issued before what the newest identity knows
    }
    return output;
  }

  private RenewalLoop.Setting renewals(CredentialRequest request) {
    return request.renewalInterval().isEmpty()
        ? outputRenewals
        : new RenewalLoop.Setting(
            time,
            scheduler,
            renewers,
            new RenewalPolicy(request.renewalInterval(), RandomGenerator.getDefault()));
  }

  private Credential issue(CredentialRequest request, Duration ttl, long generation) {
    long began = System.nanoTime();
    Credential issued = ask(session -> living(session).issue(request, ttl, generation));
    metrics.credentialIssued(since(began));
    return issued;
  }

  /** An identity that has ended is refused by the cluster: there is no use in asking with it. */
  private Session living(Session asked) {
    if (asked.identity().notAfter().isBefore(time.now())) {
      throw new CredentialException(
          Reason.EXPIRED,
          true,
          "the bot's identity ended at %s; credentials are issued again when it has been renewed"
              .formatted(asked.identity().notAfter()),
          null);
    }
    return asked;
  }

  private void settled(Optional<MachineIdException> error) {
    error.ifPresent(failure -> metrics.renewalFailed(failure.reason()));
    states.look();
  }

  /** Renews the identity now, if it can be, and then all that hangs on it. */
  public void renewSoon() {
    allDue.set(true);
    identityLoop.renewSoon();
  }

  /** The Kubernetes clusters that roles see; blocks. */
  public List<KubernetesCluster> kubernetesClusters(List<String> roles) {
    return ask(session -> session.kubernetesClusters(roles, settings.ttl()));
  }

  /** The same, from an answer that is at most this old. */
  public List<KubernetesCluster> kubernetesClusters(List<String> roles, Duration oldest) {
    return ask(session -> session.kubernetesClusters(roles, settings.ttl(), oldest));
  }

  /** The time on the server's clock, as well as we know it. */
  public Instant now() {
    return time.now();
  }

  /** Who counts; calls do not throw. */
  public BotMetrics metrics() {
    return metrics;
  }

  /** Where to wait. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** Where the proxy takes Kubernetes requests; blocks the first time. */
  public KubernetesEndpoint kubernetesEndpoint() {
    return ask(session -> kubernetesEndpoint.get());
  }

  /** What clients of Kubernetes go through. */
  public ProxySelector kubernetesProxies() {
    return settings.route().routes().kubernetesProxies();
  }

  /** The version of the cluster's proxy; blocks the first time. */
  public String proxyVersion() {
    return ask(session -> settings.route().proxy(session.client()).serverVersion());
  }

  private KubernetesEndpoint findKubernetesEndpoint() {
    return settings
        .route()
        .routes()
        .settleKubernetes(settings.route().proxy(session().client()))
        .orElseThrow(
            () ->
                new CredentialException(
                    Reason.NOT_FOUND,
                    false,
                    "the proxy of cluster %s takes no Kubernetes requests. An administrator switches it on in the proxy's configuration (kubernetes: enabled)"
                        .formatted(identity().clusterName()),
                    null));
  }

  /** Where the cluster's proxy is, as it publishes it; blocks the first time. */
  public HostPort proxyAddress() {
    return ask(session -> settings.route().proxy(session.client()).web());
  }

  /** What the cluster trusts; asked once for each identity. Blocks the first time. */
  public CertificateAuthorities certificateAuthorities() {
    return ask(Session::certificateAuthorities);
  }

  @Override
  public void close() {
    heartbeats.close(); // it may have to wait, and for that needs what is closed next
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    authorities.close();
    expiry.getAndSet(() -> {}).cancel();
    identityLoop.closeGently(LONGEST_FAREWELL);
    outputs.forEach(Output::close);
    renewers.shutdownNow();
    workers.shutdownNow();
    keys.close();
    Session last = session;
    if (last != null) {
      last.close();
      events.publish(new BotEvent.Closed());
    }
    settings.route().close();
    events.close();
    Destination.Lock lock = storageLock;
    if (lock != null) {
      lock.close();
    }
  }

  /** Keeps the credentials. */
  private final class OutputOwner implements Output.Owner {

    @Override
    public void settled(Optional<MachineIdException> error) {
      BotRuntime.this.settled(error);
    }

    /** What failed of a credential that nobody holds any more is no trouble of the bot's. */
    @Override
    public void closed(Output output) {
      outputs.remove(output);
      states.look();
    }
  }

  /** Follows the authorities on behalf of this bot. */
  private final class AuthorityBot implements AuthorityFollower.Bot {

    @Override
    public CertificateAuthorities known() {
      return session().certificateAuthorities();
    }

    @Override
    public CertificateAuthorities ask() {
      return session().client().certificateAuthorities();
    }

    @Override
    public AuthorityWatch watch(AuthorityWatch.Listener listener) {
      Session current = session();
      return current.client().watchAuthorities(current.identity().subject().cluster(), listener);
    }

    @Override
    public void follow() {
      events.publish(new BotEvent.AuthoritiesChanged());
      renewSoon();
    }

    @Override
    public void followOn() {
      if (allDue.get()) {
        identityLoop.retrySoon();
      }
      outputs.forEach(Output::retryWanted);
    }

    @Override
    public Duration life() {
      return newest().life();
    }
  }

  /** Replaces the identity by its successor. */
  private final class IdentityRenewal implements RenewalLoop.Target {

    @Override
    public Instant notAfter() {
      return newest().notAfter();
    }

    @Override
    public Duration life() {
      return newest().life();
    }

    @Override
    public void renew() {
      long began = System.nanoTime();
      Session old = session();
      Session successor = open(succession.after(old));
      session = successor;
      old.retire();
      if (closed.get()) {
        successor.close();
        return;
      }
      tellWhereInstancesAre();
      watchExpiry();
      metrics.renewed(since(began));
      events.publish(new BotEvent.Renewed(successor.identity().snapshot()));
      authorities.restart();
      // What failed for want of an identity or a connection has no reason to wait any longer.
      outputs.forEach(allDue.getAndSet(false) ? Output::renewSoon : Output::retrySoon);
    }

    @Override
    public void settled(Optional<MachineIdException> error, Duration nextTry) {
      error.ifPresent(
          failure -> {
            LOG.log(
                Level.DEBUG,
                "renewing the bot''s identity failed, next try in {0}: {1}",
                nextTry,
                failure.getMessage());
            events.publish(new BotEvent.RenewalFailed(Optional.empty(), failure, nextTry));
            if (IDENTITY_SERVES.contains(failure.reason()) && allDue.getAndSet(false)) {
              outputs.forEach(Output::renewSoon); // they need not wait for a disk
            }
          });
      BotRuntime.this.settled(error);
    }

    @Override
    public void clockJumped() {
      try {
        entrance.measureClock();
        outputs.forEach(Output::retrySoon); // they may have failed by the clock alone
      } catch (MachineIdException e) {
        LOG.log(Level.DEBUG, "the server's clock cannot be measured now", e);
      }
    }
  }
}
