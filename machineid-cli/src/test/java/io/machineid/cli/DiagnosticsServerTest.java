package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosticsServerTest {

  private static final int MANY = 20;

  @Test
  void clientsThatNeverEndTheirRequest_keepNobodyElseWaiting() throws Exception {
    Services services = new Services(List.of(), InstantSource.system());
    List<Socket> silent = new ArrayList<>();
    try (DiagnosticsServer server =
        DiagnosticsServer.start(Fixtures.freeAddress(), services, () -> "")) {
      for (int i = 0; i < MANY; i++) {
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
        silent.add(socket);
        socket.getOutputStream().write("GET /li".getBytes(StandardCharsets.US_ASCII));
      }

      assertThat(get(server)).isEqualTo("OK\n");
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  private static String get(DiagnosticsServer server) throws IOException, InterruptedException {
    URI target =
        URI.create(
            "http://%s:%d/livez"
                .formatted(
                    server.address().getAddress().getHostAddress(), server.address().getPort()));
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(target).timeout(Duration.ofSeconds(60)).build(),
            BodyHandlers.ofString())
        .body();
  }
}
