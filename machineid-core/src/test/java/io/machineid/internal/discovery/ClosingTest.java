package io.machineid.internal.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.machineid.internal.transport.ClientThread;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClosingTest {

  @Test
  void a_closed_client_leaves_no_thread_and_another_one_works_on() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      HttpClient closed = HttpClient.newHttpClient();
      HttpClient other = HttpClient.newHttpClient();
      assertThat(status(closed, address)).isEqualTo(204);
      Thread thread = ClientThread.of(closed).orElseThrow();

      Closing.quietly(closed);

      await().atMost(Duration.ofSeconds(60)).until(() -> !thread.isAlive());
      assertThat(status(other, address)).isEqualTo(204);
    } finally {
      server.stop(0);
    }
  }

  private static int status(HttpClient client, URI address) throws Exception {
    return client
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
        .statusCode();
  }
}
