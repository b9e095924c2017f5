package io.machineid.internal.discovery;

import io.machineid.internal.transport.ClientThread;
import java.net.http.HttpClient;

/**
 * Closes a JDK HTTP client that speaks HTTP/1.1 and has nothing under way. A client that is left
 * open keeps a thread in native code, for which a Java runtime that ends waits 0.3 s.
 */
public final class Closing {

  private Closing() {}

  /** Closes it, with its connections. */
  public static void quietly(HttpClient client) {
    // Before 21 the class is no AutoCloseable.
    if ((Object) client instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("an HTTP client could not be closed", e);
      }
    } else {
      ClientThread.of(client).ifPresent(Thread::interrupt);
    }
  }
}
