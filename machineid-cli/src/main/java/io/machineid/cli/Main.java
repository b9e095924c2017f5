package io.machineid.cli;

import io.machineid.internal.warmup.WarmUp;

/** The entry point of {@code machineid}. */
public final class Main {

  private Main() {}

  /**
   * Runs the command line and ends the process with its exit code.
   *
   * @param given the arguments
   */
  public static void main(String[] given) {
    String[] args = LeadingFlags.behindTheCommand(given);
    // The JDK's HTTP client reads this once. Empty, it may tell an HTTP proxy a password.
    System.getProperties().putIfAbsent("jdk.http.auth.tunneling.disabledSchemes", "");
    headStart(args);
    Stop stop = new Stop();
    Reload reload = new Reload();
    Signals signals = new Signals(stop, reload);
    Surroundings surroundings = new Surroundings(System.getenv(), stop, reload, signals::listen);
    int code = CommandLines.create(surroundings, args).execute(args);
    System.out.flush();
    signals.done();
    System.exit(code);
  }

  /** Another thread loads what a start will need, while this one reads command line and file. */
  private static void headStart(String[] args) {
    if (args.length > 0 && args[0].equals("start")) {
      Thread thread =
          new Thread(
              () -> {
                WarmUp.ways(WebRoots.of(System.getenv()).isEmpty());
                WarmUp.calls();
              },
              "machineid-head-start");
      thread.setDaemon(true);
      thread.start();
    }
  }
}
