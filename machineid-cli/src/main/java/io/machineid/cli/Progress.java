package io.machineid.cli;

import java.util.concurrent.atomic.AtomicInteger;

/** Shows how many of many outputs are done, where somebody looks on. Thread-safe. */
final class Progress implements AutoCloseable {

  /** So few are done before anybody has read that. */
  private static final int FEW = 3;

  private final Terminal terminal;
  private final int all;
  private final boolean shown;
  private final AtomicInteger done = new AtomicInteger();

  /**
   * Begins to show.
   *
   * @param terminal where
   * @param interactive whether a person reads there
   * @param all how many outputs there are
   */
  Progress(Terminal terminal, boolean interactive, int all) {
    this.terminal = terminal;
    this.all = all;
    this.shown = interactive && all > FEW;
    show(0);
  }

  /** On this process's terminal, if it has one and messages are for people. */
  static Progress of(int all) {
    boolean interactive = LogFormat.current() == LogFormat.TEXT && Terminal.isInteractive();
    return new Progress(Terminal.ERROR, interactive, all);
  }

  /** One more is done. */
  void oneDone() {
    show(done.incrementAndGet());
  }

  private void show(int count) {
    if (shown) {
      terminal.status("outputs: " + count + " of " + all);
    }
  }

  @Override
  public void close() {
    if (shown) {
      terminal.status("");
    }
  }
}
