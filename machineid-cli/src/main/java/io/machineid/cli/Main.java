package io.machineid.cli;

/** The entry point of {@code machineid}. */
public final class Main {

  private Main() {}

  /**
   * Runs the command line and ends the process with its exit code.
   *
   * @param args the arguments
   */
  public static void main(String[] args) {
    // The JDK's HTTP client reads this once. Empty, it may tell an HTTP proxy a password.
    System.getProperties().putIfAbsent("jdk.http.auth.tunneling.disabledSchemes", "");
    Stop stop = new Stop();
    Reload reload = new Reload();
    Signals signals = new Signals(stop, reload);
    Surroundings surroundings = new Surroundings(System.getenv(), stop, reload, signals::listen);
    int code = CommandLines.create(surroundings).execute(args);
    System.out.flush();
    signals.done();
    System.exit(code);
  }
}
