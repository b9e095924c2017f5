package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.ClosedException;
import io.machineid.CredentialRequest;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import io.machineid.Scheduler;
import io.machineid.config.KubernetesSelector;
import io.machineid.config.NameTemplate;
import io.machineid.internal.transport.HostPort;
import io.machineid.kubernetes.internal.Threads;
import io.machineid.kubernetes.internal.Turns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Kubernetes clusters that selectors choose among those that a bot sees: for one cluster or for
 * hundreds. Each has a credential that is kept valid, a context in one kubeconfig, and live clients
 * that open connections with their first request. It looks at the clusters again and again, and
 * clusters come and go.
 *
 * <p>Clusters do not depend on each other. One that is missing, or for which no certificate is
 * issued, is there with its {@link FleetCluster#error()}, is tried again at each look, and does not
 * hold up the others.
 *
 * <p>Thread-safe. Threads do not grow in number with the clusters; those that work on many at once
 * are daemons, at most as many as the concurrency says.
 */
public final class KubernetesFleet implements AutoCloseable {

  private static final double JITTER = 0.1;

  private final Bot bot;
  private final Duration interval;
  private final Executor threads;
  private final FleetRoster roster;
  private final Turns events = new Turns(Threads.SHARED);
  private final Consumer<FleetEvent> listener;
  private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock looking = new ReentrantLock();
  private volatile Scheduler.Cancellable timer = () -> {};
  private volatile @Nullable MachineIdException lastError;
  private volatile boolean closed;

  private KubernetesFleet(Builder builder) {
    bot = builder.bot;
    interval = builder.interval;
    threads = builder.threads;
    listener = builder.listener;
    roster =
        new FleetRoster(
            bot,
            new FleetRoster.Wishes(
                List.copyOf(builder.selectors),
                builder.request,
                builder.common,
                builder.template,
                builder.relay,
                builder.concurrency),
            new FleetRoster.Listeners(this::tell, this::changed));
  }

  /**
   * Begins to describe a fleet.
   *
   * @param bot whose clusters they are; its close ends everything that comes from here
   * @return a builder without selectors
   */
  public static Builder builder(Bot bot) {
    return new Builder(Objects.requireNonNull(bot, "bot"));
  }

  /**
   * The clusters as of the last look, the failed ones too. Never blocks.
   *
   * @return a snapshot, in the order of the selectors and then of Teleport's list
   */
  public List<FleetCluster> clusters() {
    return roster.clusters();
  }

  /**
   * The cluster of a context.
   *
   * @param contextName as {@link FleetCluster#contextName()}
   * @return the cluster, or empty when there is no such context
   */
  public Optional<FleetCluster> cluster(String contextName) {
    // Of several that would have the same name, the one that got it.
    return clusters().stream()
        .filter(each -> each.contextName().equals(contextName))
        .max(Comparator.comparing(FleetCluster::isReady));
  }

  /**
   * One kubeconfig for all clusters that can be used now, with their certificates and keys inside.
   * Never blocks.
   *
   * @return a snapshot
   */
  public FleetKubeconfig kubeconfig() {
    return new FleetKubeconfig(
        clusters().stream().flatMap(cluster -> cluster.context().stream()).toList());
  }

  /**
   * Describes work on the clusters, many at a time.
   *
   * @param <T> what comes of it for a cluster
   * @param task what to do on each cluster
   * @return the work, to be started
   */
  public <T> FleetWork<T> work(FleetTask<T> task) {
    return new FleetWork<>(this, Objects.requireNonNull(task, "task"));
  }

  /**
   * Looks at the clusters now, and gets credentials for those that have none. Blocks until that is
   * done; while another look is under way, until that one is done too.
   *
   * @throws MachineIdException when the clusters cannot be listed; the fleet stays as it was
   * @throws ClosedException after close
   */
  public void refresh() {
    look(Duration.ofNanos(Long.MAX_VALUE));
  }

  /**
   * Why the clusters could not be listed at the last look.
   *
   * @return the error, or empty when they could
   */
  public Optional<MachineIdException> lastError() {
    return Optional.ofNullable(lastError);
  }

  /** The credential that names no cluster. */
  LiveCredential commonCredential() {
    return roster
        .common()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the fleet has no common credential: build it with commonCredential()"));
  }

  /** Calls {@code listener} when something may be different; it must return at once. */
  void onChange(Runnable listener) {
    changeListeners.add(listener);
  }

  private void changed() {
    changeListeners.forEach(Runnable::run);
  }

  Scheduler scheduler() {
    return bot.scheduler();
  }

  private void look(Duration longest) {
    // Looks follow one another; nothing else waits for this lock.
    looking.lock();
    try {
      if (closed) {
        throw new ClosedException("the fleet");
      }
      roster.look(longest);
      if (lastError != null) {
        lastError = null;
        changed();
      }
    } catch (MachineIdException e) {
      lastError = e;
      throw e;
    } finally {
      looking.unlock();
      if (closed) {
        roster.close();
      }
    }
  }

  private void beginLook() {
    try {
      threads.execute(this::lookAgain);
    } catch (RuntimeException | Error e) { // no thread for this look; there may be for the next
      lookLater();
      throw e;
    }
  }

  private void lookAgain() {
    if (closed) {
      return;
    }
    try {
      refresh();
    } catch (ClosedException e) {
      close();
    } catch (MachineIdException e) {
      tell(new FleetEvent.LookFailed(e));
      changed();
    } finally {
      lookLater();
    }
  }

  private void lookLater() {
    if (closed) {
      return;
    }
    double factor = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
    Duration wait = Duration.ofMillis((long) (interval.toMillis() * factor));
    timer = bot.scheduler().schedule(this::beginLook, wait);
    if (closed) {
      timer.cancel();
    }
  }

  private void tell(FleetEvent event) {
    events.take(() -> listener.accept(event));
  }

  /** Closes all access to the clusters and ends the renewal of credentials. The bot stays open. */
  @Override
  public void close() {
    closed = true;
    timer.cancel();
    roster.close();
  }

  /** Counts the clusters. */
  @Override
  public String toString() {
    List<FleetCluster> all = clusters();
    long ready = all.stream().filter(FleetCluster::isReady).count();
    return "KubernetesFleet[%d clusters, %d failed]".formatted(all.size(), all.size() - ready);
  }

  /** Describes a fleet. Setters check at once and do no I/O. Not thread-safe. */
  public static final class Builder {

    private static final int LARGEST_CONCURRENCY = 256;

    private final Bot bot;
    private final List<FleetSelection.Choice> selectors = new ArrayList<>();
    private CredentialRequest request = CredentialRequest.forRoles();
    private boolean common;
    private ContextNameTemplate template = ContextNameTemplate.STANDARD;
    private Optional<HostPort> relay = Optional.empty();
    private Duration interval = Duration.ofMinutes(5);
    private int concurrency = 16;
    private Consumer<FleetEvent> listener = event -> {};

    /** Where it looks again. */
    Executor threads = Threads.SHARED;

    private Builder(Bot bot) {
      this.bot = bot;
    }

    /**
     * Adds clusters. May be called several times; a cluster that several selectors choose is there
     * once, with the default namespace of the last one that has any.
     *
     * @param selector which clusters
     * @return this
     */
    public Builder select(ClusterSelector selector) {
      selectors.add(FleetSelection.Choice.of(selector));
      return this;
    }

    /**
     * Adds clusters as an entry of such a list in a configuration file does: each label with
     * exactly its value; {@code *} stands for nothing else.
     *
     * @param selector which clusters
     * @return this
     */
    public Builder select(KubernetesSelector selector) {
      selectors.add(FleetSelection.Choice.of(selector));
      return this;
    }

    /**
     * The roles to look and to ask for certificates with. Default: all that the bot may use.
     *
     * @param names the roles
     * @return this
     */
    public Builder roles(String... names) {
      request = request.withRoles(names);
      return this;
    }

    /**
     * How long credentials live. Default: as the bot's.
     *
     * @param ttl the lifetime to ask for; the cluster may grant less
     * @param renewalInterval how long to wait between renewals
     * @return this
     */
    public Builder credentialLifetime(Duration ttl, Duration renewalInterval) {
      request = request.withLifetime(ttl, renewalInterval);
      return this;
    }

    /**
     * Also gets a credential that names no Kubernetes cluster, before the clusters are listed: for
     * {@link FleetOutput}.
     *
     * @return this
     */
    public Builder commonCredential() {
      common = true;
      return this;
    }

    /**
     * How contexts are called. Two clusters cannot have the same name: the later one fails.
     *
     * @param goTemplate text with {@code {{.ClusterName}}}, {@code {{.KubeName}}}, {@code
     *     {{.Labels.KEY}}} or {@code {{index .Labels "KEY"}}} in it; default {@code
     *     {{.ClusterName}}-{{.KubeName}}}
     * @return this
     * @throws io.machineid.ConfigException when something else is in it
     */
    public Builder contextNameTemplate(String goTemplate) {
      template = ContextNameTemplate.parse(goTemplate);
      return this;
    }

    /**
     * How contexts are called, as a configuration file says it.
     *
     * @param newTemplate the template; where it gives two clusters the same name, the later one
     *     fails
     * @return this
     */
    public Builder contextNameTemplate(NameTemplate newTemplate) {
      template = ContextNameTemplate.of(newTemplate);
      return this;
    }

    /**
     * Sends all Kubernetes requests to a Teleport relay instead of to the proxy, as {@code
     * relay_server} does. What goes to the bot's own cluster does not go there, and nothing goes to
     * the proxy in its place. Experimental: tried on the fake cluster alone.
     *
     * @param address {@code host:port}
     * @return this
     * @throws io.machineid.ConfigException when the address is none
     * @see <a href="https://goteleport.com/docs/reference/architecture/relay">Teleport Relay
     *     Service</a>, for Kubernetes from 18.5 on
     */
    public Builder relay(String address) {
      relay = Optional.of(RelayRouting.address(address));
      return this;
    }

    /**
     * How often to look at the clusters, at most; each wait is shortened at random by up to a
     * tenth.
     *
     * @param time at least a second; default five minutes
     * @return this
     */
    public Builder refreshInterval(Duration time) {
      if (time.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException("refreshInterval must be at least 1s, is " + time);
      }
      interval = time;
      return this;
    }

    /**
     * How many credentials to ask for at the same time, over the bot's one connection.
     *
     * @param requests 1 to 256; default 16
     * @return this
     */
    public Builder concurrency(int requests) {
      if (requests < 1 || requests > LARGEST_CONCURRENCY) {
        throw new IllegalArgumentException("concurrency must be 1 to 256, is " + requests);
      }
      concurrency = requests;
      return this;
    }

    /**
     * Tells what happens.
     *
     * @param events called on a thread of its own, one event after the other; what it throws is
     *     logged and changes nothing
     * @return this
     */
    public Builder listener(Consumer<FleetEvent> events) {
      listener = Objects.requireNonNull(events, "events");
      return this;
    }

    /**
     * Lists the clusters and gets their credentials. Blocks until each cluster has one, has failed,
     * or the time is over: then those without are there as failed, and are tried again at the next
     * look.
     *
     * @param timeout how long to wait for credentials
     * @return the fleet; close it when it is no longer needed
     * @throws IllegalStateException when there is no selector
     * @throws io.machineid.ConfigException when a relay is given and the cluster is too old for one
     * @throws MachineIdException when the clusters cannot be listed
     */
    public KubernetesFleet open(Duration timeout) {
      if (selectors.isEmpty()) {
        throw new IllegalStateException("a fleet needs a selector");
      }
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("timeout must be positive, is " + timeout);
      }
      KubernetesFleet fleet = new KubernetesFleet(this);
      try {
        fleet.look(timeout);
        fleet.lookLater();
        return fleet;
      } catch (RuntimeException e) {
        fleet.close();
        throw e;
      }
    }
  }
}
