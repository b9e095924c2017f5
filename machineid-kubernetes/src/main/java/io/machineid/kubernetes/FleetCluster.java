package io.machineid.kubernetes;

import io.machineid.ClosedException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.kubernetes.internal.Surroundings;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes cluster of a {@link KubernetesFleet}: with a credential that is kept valid, or with
 * the reason why there is none. Thread-safe.
 */
public final class FleetCluster {

  /** What the clusters of a fleet share. */
  record Fleet(String teleportCluster, Surroundings surroundings) {}

  private record Ready(LiveCredential credential, KubernetesEndpoint endpoint) {

    /** Whether others have the same credential. */
    boolean isLent() {
      return credential instanceof LentCredential;
    }
  }

  private final Fleet fleet;
  private final String contextName;
  private final boolean imagined;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile FleetSelection.Match match;
  private volatile @Nullable Ready ready;
  private volatile @Nullable MachineIdException error;
  private @Nullable KubernetesAccess access;
  private boolean removed;

  private FleetCluster(
      Fleet fleet, FleetSelection.Match match, String contextName, boolean imagined) {
    this.fleet = fleet;
    this.match = match;
    this.contextName = contextName;
    this.imagined = imagined;
    this.error =
        new CredentialException(
            Reason.TIMEOUT,
            true,
            "no credential for the Kubernetes cluster \"%s\" has been issued yet"
                .formatted(match.cluster().name()),
            null);
  }

  static FleetCluster of(Fleet fleet, FleetSelection.Match match, ContextNameTemplate template) {
    KubernetesCluster cluster = match.cluster();
    String name = template.name(fleet.teleportCluster(), cluster.name(), cluster.labels());
    return new FleetCluster(fleet, match, name, false);
  }

  /** A cluster that was asked for by name and does not exist. */
  static FleetCluster missing(Fleet fleet, FleetSelection.Match match) {
    return new FleetCluster(fleet, match, match.cluster().name(), true);
  }

  /**
   * The cluster.
   *
   * @return its name and labels in Teleport as of the last look; no labels when it was selected by
   *     a name that does not exist
   */
  public KubernetesCluster cluster() {
    return match.cluster();
  }

  /**
   * The name of its context in the fleet's kubeconfig.
   *
   * @return made from the template when the cluster was added, and kept
   */
  public String contextName() {
    return contextName;
  }

  /**
   * Where commands work that name no namespace.
   *
   * @return what the selector said
   */
  public Optional<String> defaultNamespace() {
    return match.namespace();
  }

  /**
   * Whether it was asked for by its name, and not by labels alone.
   *
   * @return as of the last look
   */
  public boolean selectedByName() {
    return match.named();
  }

  /**
   * Why the cluster cannot be used. A renewal that fails is no such reason as long as the
   * certificate lasts; the bot's health tells of it.
   *
   * @return the error of the last try, or empty when the cluster can be used
   */
  public Optional<MachineIdException> error() {
    return Optional.ofNullable(error);
  }

  /**
   * Access to the cluster, made when it is first asked for; the same each time. The fleet closes it
   * when the cluster leaves, or when itself is closed. Does no I/O.
   *
   * @return live access: it opens connections with the first request
   * @throws MachineIdException the {@link #error()} where there is one
   * @throws ClosedException when the cluster has left the fleet, or the fleet was closed
   */
  public KubernetesAccess access() {
    lock.lock();
    try {
      if (removed) {
        throw new ClosedException("the fleet's Kubernetes cluster \"" + cluster().name() + "\"");
      }
      if (access == null) {
        Ready with = ready;
        MachineIdException why = error;
        if (with == null) {
          throw why == null ? new IllegalStateException("neither ready nor failed") : why;
        }
        access =
            new KubernetesAccess(
                fleet.teleportCluster(),
                cluster(),
                with.endpoint(),
                with.credential(),
                fleet.surroundings());
      }
      return access;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it stands for a name that does not exist. */
  boolean isImagined() {
    return imagined;
  }

  boolean isReady() {
    return ready != null;
  }

  /** The cluster as it is described now. */
  void describe(FleetSelection.Match newest) {
    match = newest;
  }

  /** Whether the cluster is reached by path, with the credential that others have, too. */
  boolean isByPath() {
    Ready with = ready;
    return with != null && with.isLent();
  }

  /** The credential as of now, where there is one. */
  Optional<Credential> credential() {
    Ready with = ready;
    try {
      return Optional.ofNullable(with).map(having -> having.credential().current());
    } catch (ClosedException e) {
      return Optional.empty();
    }
  }

  /** Takes a credential; false when the cluster has left meanwhile, or has got another one. */
  boolean give(LiveCredential credential, KubernetesEndpoint endpoint) {
    lock.lock();
    try {
      if (removed || ready != null) {
        return false;
      }
      ready = new Ready(credential, endpoint);
      error = null;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Notes why there is no credential; false when that is no news. */
  boolean fail(MachineIdException why) {
    lock.lock();
    try {
      MachineIdException known = error;
      if (ready != null || removed) {
        return false;
      }
      error = why;
      return known == null || !String.valueOf(known.getMessage()).equals(why.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /** Its part of a kubeconfig, where it can be used. */
  Optional<KubeconfigWriter.Context> context() {
    Ready with = ready;
    if (with == null) {
      return Optional.empty();
    }
    try {
      Kubeconfig.Names names = new Kubeconfig.Names(contextName, contextName, user(with));
      return Optional.of(
          new KubeconfigWriter.Context(
              Kubeconfig.of(names, with.endpoint(), with.credential().current()),
              defaultNamespace()));
    } catch (ClosedException e) {
      return Optional.empty();
    }
  }

  /** A credential that several clusters share is one user. */
  private String user(Ready with) {
    return with.isLent() ? fleet.teleportCluster() : contextName;
  }

  /** Ends what was made for it. */
  void remove() {
    KubernetesAccess opened;
    lock.lock();
    try {
      removed = true;
      opened = access;
    } finally {
      lock.unlock();
    }
    Ready with = ready;
    if (opened != null) {
      opened.close();
    } else if (with != null) {
      with.credential().close();
    }
  }

  /** Names the cluster, and its error where there is one. */
  @Override
  public String toString() {
    String state = error().map(why -> why.reason().toString()).orElse("ready");
    return "FleetCluster[" + cluster().name() + ", " + state + "]";
  }
}
