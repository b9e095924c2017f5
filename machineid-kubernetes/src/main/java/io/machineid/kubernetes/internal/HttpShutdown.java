package io.machineid.kubernetes.internal;

import io.machineid.internal.transport.ClientThread;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Ends a JDK client that nobody uses. From JDK 21 on it is told to. Before, there is nothing to
 * call: an idle client ends by itself when it has been collected, which takes a service with many
 * clusters to hundreds of idle threads. But its thread ends when it is interrupted; it leaves the
 * connections open then, so that they have to go first.
 */
final class HttpShutdown {

  private static final Logger LOG = System.getLogger(HttpShutdown.class.getPackageName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private HttpShutdown() {}

  /**
   * Ends a client whose TLS engines fail from now on.
   *
   * @param target what it was used for last; null when it was not
   * @param plain whether it never had a WebSocket: these take the client's thread to close
   */
  static void of(HttpClient client, @Nullable URI target, boolean plain) {
    try {
      HttpClient.class.getMethod("shutdown").invoke(client);
    } catch (NoSuchMethodException e) {
      CompletableFuture<?> closed =
          target == null ? CompletableFuture.completedFuture(null) : touch(client, target);
      if (plain) {
        var unused = closed.thenRun(() -> ClientThread.of(client).ifPresent(Thread::interrupt));
      }
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "the HTTP client of an older certificate did not shut down", e);
    }
  }

  /**
   * Has the client try a request on its connection. The TLS engine refuses to send it, which closes
   * the connection; the server sees nothing of the request.
   */
  private static CompletableFuture<?> touch(HttpClient client, URI target) {
    HttpRequest request = HttpRequest.newBuilder(target).timeout(PATIENCE).build();
    return client
        .sendAsync(request, BodyHandlers.discarding())
        .handle(
            (response, failure) -> {
              LOG.log(Level.TRACE, "a connection of an older certificate was closed");
              return Boolean.TRUE;
            });
  }
}
