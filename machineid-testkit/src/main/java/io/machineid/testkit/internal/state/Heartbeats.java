package io.machineid.testkit.internal.state;

import io.machineid.testkit.RecordedHeartbeat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What bots told of themselves. Thread-safe. */
public final class Heartbeats {

  private final List<RecordedHeartbeat> all = new CopyOnWriteArrayList<>();

  /** None yet. */
  public Heartbeats() {}

  /** One more. */
  public void add(RecordedHeartbeat heartbeat) {
    all.add(heartbeat);
  }

  /** All, oldest first. */
  public List<RecordedHeartbeat> all() {
    return List.copyOf(all);
  }
}
