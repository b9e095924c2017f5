package io.machineid.cli;

import io.machineid.BotMetrics;
import io.machineid.MachineIdException.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Counts what a bot does, from the start of the process on. Thread-safe. */
final class Counters implements BotMetrics {

  /**
   * What was counted at one moment.
   *
   * @param startSeconds how long joining took, 0 before
   * @param renewals of the identity that went well
   * @param failures renewals that failed, of the identity or of credentials, by reason
   * @param issued credentials, for the first time or again
   * @param issueSeconds how long issuing took, all together
   * @param drained replaced credentials whose connections have all ended
   * @param streamsCut streams that were ended for that
   */
  record Counted(
      double startSeconds,
      long renewals,
      Map<Reason, Long> failures,
      long issued,
      double issueSeconds,
      long drained,
      long streamsCut) {}

  private final Map<Reason, Long> failures = new EnumMap<>(Reason.class);
  private Duration start = Duration.ZERO;
  private long renewals;
  private long issued;
  private Duration issuing = Duration.ZERO;
  private long drained;
  private long streamsCut;

  @Override
  public synchronized void joined(Duration took) {
    start = took;
  }

  @Override
  public synchronized void renewed(Duration took) {
    renewals++;
  }

  @Override
  public synchronized void credentialIssued(Duration took) {
    issued++;
    issuing = issuing.plus(took);
  }

  @Override
  public synchronized void connectionsDrained(Duration took, int cut) {
    drained++;
    streamsCut += cut;
  }

  @Override
  public synchronized void renewalFailed(Reason reason) {
    failures.merge(reason, 1L, Long::sum);
  }

  synchronized Counted counted() {
    return new Counted(
        seconds(start),
        renewals,
        new EnumMap<>(failures),
        issued,
        seconds(issuing),
        drained,
        streamsCut);
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
