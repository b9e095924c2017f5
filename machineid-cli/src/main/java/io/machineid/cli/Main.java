package io.machineid.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The entry point of {@code machineid}. */
public final class Main {

  private static final long LONGEST_CLEANUP_SECONDS = 10;

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
    CountDownLatch done = new CountDownLatch(1);
    Thread hook = new Thread(() -> onSignal(stop, done), "machineid-signal");
    Runtime.getRuntime().addShutdownHook(hook);
    int code = CommandLines.create(new Surroundings(System.getenv(), stop)).execute(args);
    System.out.flush();
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // a signal came: the hook ends the process
    }
    System.exit(code);
  }

  /** A signal ends the command in order; then the process ended as it was asked to: well. */
  private static void onSignal(Stop stop, CountDownLatch done) {
    stop.request(CommandLines.OK);
    try {
      if (done.await(LONGEST_CLEANUP_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(CommandLines.OK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
