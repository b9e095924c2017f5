package io.machineid.cli;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The process's signals: SIGTERM and SIGINT end it in order, SIGHUP and SIGUSR1 make it renew. The
 * JDK has no supported interface for this; where it lacks the usual one, or the platform a signal,
 * the default stays.
 */
final class Signals {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final long LONGEST_CLEANUP_SECONDS = 10;
  private static final int INTERRUPT = 2;
  private static final int TERMINATE = 15;

  private final Stop stop;
  private final Reload reload;
  private final CountDownLatch done = new CountDownLatch(1);

  Signals(Stop stop, Reload reload) {
    this.stop = stop;
    this.reload = reload;
  }

  void listen() {
    handle("TERM", () -> end(TERMINATE));
    handle("INT", () -> end(INTERRUPT));
    handle("HUP", reload::request);
    handle("USR1", reload::request);
  }

  /** The command has come to its end: nobody need force it. */
  void done() {
    done.countDown();
  }

  /** What does not end in time, or is told so twice, is ended. */
  private void end(int number) {
    boolean first = stop.signal(number);
    try {
      if (first && done.await(LONGEST_CLEANUP_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(ExitCodes.SIGNAL + number);
  }

  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, args) -> answer(proxy, method.getName(), args, action));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(Level.DEBUG, "SIG" + name + " is left to the Java runtime", e);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself only
  private static Object answer(Object proxy, String method, Object[] args, Runnable action) {
    return switch (method) {
      case "handle" -> {
        action.run();
        yield proxy; // nobody looks
      }
      case "equals" -> proxy == args[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "machineid";
    };
  }
}
