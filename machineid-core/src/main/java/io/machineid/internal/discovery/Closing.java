package io.machineid.internal.discovery;

import java.net.http.HttpClient;

/**
 * Closes a JDK HTTP client where the runtime can (from 21 on); before that it goes with garbage
 * collection.
 */
public final class Closing {

  private Closing() {}

  /** Closes it, or does nothing. */
  public static void quietly(HttpClient client) {
    // On 17 the class is no AutoCloseable and has nothing to close by.
    if ((Object) client instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("an HTTP client could not be closed", e);
      }
    }
  }
}
