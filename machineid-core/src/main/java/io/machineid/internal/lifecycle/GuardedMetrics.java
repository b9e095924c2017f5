package io.machineid.internal.lifecycle;

import io.machineid.BotMetrics;
import io.machineid.MachineIdException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Counts by another; one that fails must not end a renewal. */
record GuardedMetrics(BotMetrics counters) implements BotMetrics {

  private static final Logger LOG = System.getLogger("io.machineid");

  private static void guarded(Runnable count) {
    try {
      count.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "a counter failed; its exception is ignored", e);
    }
  }

  @Override
  public void joined(Duration took) {
    guarded(() -> counters.joined(took));
  }

  @Override
  public void renewed(Duration took) {
    guarded(() -> counters.renewed(took));
  }

  @Override
  public void credentialIssued(Duration took) {
    guarded(() -> counters.credentialIssued(took));
  }

  @Override
  public void connectionsDrained(Duration took, int streamsCut) {
    guarded(() -> counters.connectionsDrained(took, streamsCut));
  }

  @Override
  public void renewalFailed(MachineIdException.Reason reason) {
    guarded(() -> counters.renewalFailed(reason));
  }
}
