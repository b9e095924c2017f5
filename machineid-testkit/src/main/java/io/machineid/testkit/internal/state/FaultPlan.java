package io.machineid.testkit.internal.state;

import io.machineid.testkit.JoinMoment;
import io.machineid.testkit.internal.state.Refusal.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What shall go wrong in the auth service and in the proxy's web API. Thread-safe. */
public final class FaultPlan {

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Refusals> refusals = new ArrayDeque<>();
  private final AtomicBoolean renewalLost = new AtomicBoolean();
  private final AtomicReference<@Nullable JoinMoment> joinCut = new AtomicReference<>();
  private final Set<String> withoutCertificates = ConcurrentHashMap.newKeySet();
  private final Set<String> forgotten = ConcurrentHashMap.newKeySet();
  private final Set<String> forgottenAtAuth = ConcurrentHashMap.newKeySet();
  private volatile boolean oldCounts;
  private volatile Duration delay = Duration.ZERO;

  /** The same refusal of some calls; "all from now on" is said by a very large number. */
  private record Refusals(int calls, Refusal refusal) {}

  /** Lets the next calls be refused, one by one, after those that are to be refused already. */
  public void refuse(int calls, Refusal refusal) {
    if (calls < 1) {
      throw new IllegalArgumentException("not a number of calls: " + calls);
    }
    locked(() -> refusals.addLast(new Refusals(calls, refusal)));
  }

  /** Refuses nothing more. */
  public void refuseNothing() {
    locked(refusals::clear);
    joinCut.set(null);
    withoutCertificates.clear();
    forgotten.clear();
    forgottenAtAuth.clear();
    oldCounts = false;
  }

  /** Tells bots their last but one count from now on. */
  public void tellOldCounts() {
    oldCounts = true;
  }

  /** What a bot is told of its count. */
  public long toldCount(long generation) {
    return oldCounts ? generation - 1 : generation;
  }

  /** Issues no certificate for a Kubernetes cluster from now on. */
  public void refuseCertificates(String kubernetesCluster) {
    withoutCertificates.add(kubernetesCluster);
  }

  /** Whether there are certificates for a Kubernetes cluster. */
  public boolean refusesCertificates(String kubernetesCluster) {
    return withoutCertificates.contains(kubernetesCluster);
  }

  /** Knows nothing of a gRPC service, or of one of its methods, from now on. */
  public void forgetCalls(String serviceOrMethod) {
    forgotten.add(serviceOrMethod);
  }

  /** The same, but the proxy knows it. */
  public void forgetCallsAtAuth(String serviceOrMethod) {
    forgottenAtAuth.add(serviceOrMethod);
  }

  /**
   * Whether a gRPC method is unknown.
   *
   * @param method its full name, such as {@code proto.JoinService/RegisterUsingToken}
   * @param where who is called
   */
  public boolean knowsNot(String method, Connection.Service where) {
    String service = method.split("/", 2)[0];
    return forgotten.contains(method)
        || forgotten.contains(service)
        || (where == Connection.Service.AUTH
            && (forgottenAtAuth.contains(method) || forgottenAtAuth.contains(service)));
  }

  /** Holds each call up from now on. */
  public void delay(Duration newDelay) {
    if (newDelay.isNegative()) {
      throw new IllegalArgumentException("not a delay: " + newDelay);
    }
    delay = newDelay;
  }

  /** Loses the answer to the next renewal that is granted. */
  public void loseRenewal() {
    renewalLost.set(true);
  }

  /** Whether the answer to this renewal is lost. */
  public boolean losesThisRenewal() {
    return renewalLost.compareAndSet(true, false);
  }

  /** Cuts the next join at this moment. */
  public void cutJoin(JoinMoment moment) {
    joinCut.set(moment);
  }

  /** Whether the join is cut now. */
  public boolean cutsThisJoin(JoinMoment moment) {
    return joinCut.compareAndSet(moment, null);
  }

  /**
   * What each call passes: takes the time that it shall take, and says whether it is refused.
   * Blocks.
   */
  public Optional<Refusal> next() {
    try {
      TimeUnit.NANOSECONDS.sleep(delay.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(new Refusal(Kind.CONNECTION_PROBLEM, "the server is shutting down"));
    }
    lock.lock();
    try {
      Refusals first = refusals.pollFirst();
      if (first != null && first.calls() > 1) {
        refusals.addFirst(new Refusals(first.calls() - 1, first.refusal()));
      }
      return Optional.ofNullable(first).map(Refusals::refusal);
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }
}
