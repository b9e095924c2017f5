package io.machineid.testkit;

import io.machineid.testkit.internal.state.FaultPlan;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.testkit.internal.state.Refusal.Kind;
import java.time.Duration;
import java.util.function.IntPredicate;

/**
 * What goes wrong in a cluster, as a test says it. Calls are those to the auth service and to the
 * proxy's web API, joins and {@code find} among them; Kubernetes requests are none. Thread-safe.
 */
public final class Faults {

  private final FaultPlan plan;
  private final IntPredicate resetter;

  Faults(FaultPlan plan, IntPredicate resetter) {
    this.plan = plan;
    this.resetter = resetter;
  }

  /**
   * Loses the answer to the next renewal of a bot: the cluster grants and counts it, and resets the
   * connection before the bot gets it.
   */
  public void dropNextRenewalResponse() {
    plan.loseRenewal();
  }

  /**
   * Resets the connection of the next join over the join service of Teleport 18.
   *
   * @param moment when
   */
  public void cutNextJoin(JoinMoment moment) {
    plan.cutJoin(moment);
  }

  /**
   * Resets a connection, by RST and without a word of TLS.
   *
   * @param number its number, see {@link RecordedConnection#number()}
   * @return whether it was open
   */
  public boolean resetConnection(int number) {
    return resetter.test(number);
  }

  /**
   * Has the next calls answered that there is nobody: {@code UNAVAILABLE}, by HTTP 503.
   *
   * @param calls how many, after those that are refused already
   */
  public void unavailable(int calls) {
    plan.refuse(calls, new Refusal(Kind.CONNECTION_PROBLEM, "the auth service is not available"));
  }

  /**
   * Has the next calls answered that there are too many: {@code RESOURCE_EXHAUSTED}, by HTTP 429
   * with {@code Retry-After}.
   *
   * @param calls how many, after those that are refused already
   * @param retryAfter what HTTP clients are told; whole seconds
   */
  public void rateLimited(int calls, Duration retryAfter) {
    plan.refuse(calls, Refusal.limited("rate limit exceeded", retryAfter));
  }

  /**
   * Has each request for a certificate for a Kubernetes cluster denied from now on, until {@link
   * #none()}; the cluster stays in all lists.
   *
   * @param kubernetesCluster its name
   */
  public void refuseCertificatesFor(String kubernetesCluster) {
    plan.refuseCertificates(kubernetesCluster);
  }

  /**
   * Has the cluster know nothing of some gRPC calls, as releases that are older than they are: it
   * answers {@code UNIMPLEMENTED}, until {@link #none()}.
   *
   * @param serviceOrMethod a full name, such as {@code teleport.join.v1.JoinService} or {@code
   *     proto.JoinService/RegisterUsingToken}
   */
  public void unimplemented(String serviceOrMethod) {
    plan.forgetCalls(serviceOrMethod);
  }

  /**
   * The same for the auth service alone: the proxy goes on to take such calls from strangers.
   *
   * @param serviceOrMethod a full name
   */
  public void unimplementedAtAuth(String serviceOrMethod) {
    plan.forgetCallsAtAuth(serviceOrMethod);
  }

  /**
   * Has bots told their counts of renewals as they were one renewal ago, until {@link #none()}: a
   * cluster reads them from a cache, which may be behind for a moment.
   */
  public void oldCounts() {
    plan.tellOldCounts();
  }

  /**
   * Holds up each call before it is looked at, from now on.
   *
   * @param delay for how long, in real time; zero ends it
   */
  public void delayCalls(Duration delay) {
    plan.delay(delay);
  }

  /** Lets everything go well again. */
  public void none() {
    plan.delay(Duration.ZERO);
    plan.refuseNothing();
    plan.losesThisRenewal();
  }
}
