package io.machineid.kubernetes.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a JDK client that nobody uses. From JDK 21 on it is told to. Before, there is nothing to
 * call: an idle client ends by itself when nobody refers to it and it has no connection; so the
 * connections have to go.
 */
final class HttpShutdown {

  private static final Logger LOG = System.getLogger(HttpShutdown.class.getPackageName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private HttpShutdown() {}

  /**
   * Ends a client whose TLS engines fail from now on.
   *
   * @param target what it was used for last; null when it was not
   */
  static void of(HttpClient client, @Nullable URI target) {
    try {
      HttpClient.class.getMethod("shutdown").invoke(client);
    } catch (NoSuchMethodException e) {
      if (target != null) {
        touch(client, target);
      }
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "the HTTP client of an older certificate did not shut down", e);
    }
  }

  /**
   * Has the client try a request on its connection. The TLS engine refuses to send it, which closes
   * the connection; the server sees nothing of the request.
   */
  private static void touch(HttpClient client, URI target) {
    HttpRequest request = HttpRequest.newBuilder(target).timeout(PATIENCE).build();
    var unused =
        client
            .sendAsync(request, BodyHandlers.discarding())
            .whenComplete(
                (response, failure) ->
                    LOG.log(Level.TRACE, "a connection of an older certificate was closed"));
  }
}
