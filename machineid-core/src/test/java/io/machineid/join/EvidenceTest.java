package io.machineid.join;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.machineid.JoinException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a source that takes too long. */
class EvidenceTest {

  /** Answers, and goes on in drops as long as somebody listens. */
  private static void drip(ServerSocket port, String start, ScheduledExecutorService timer) {
    timer.execute(
        () -> {
          try {
            OutputStream out = port.accept().getOutputStream();
            out.write(start.getBytes(US_ASCII));
            timer.scheduleWithFixedDelay(() -> drop(out), 0, 100, TimeUnit.MILLISECONDS);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void drop(OutputStream out) {
    try {
      out.write('x');
    } catch (IOException e) {
      throw new UncheckedIOException("nobody listens", e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"})
  void answerInDrops_isNotWaitedForAfterwards(String start) throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    AtomicReference<Thread> waiting = new AtomicReference<>();
    try (ServerSocket port = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      drip(port, start, timer);
      Surroundings surroundings = new Surroundings("azure", Map.of(), ProxySelector.of(null));
      URI target = URI.create("http://127.0.0.1:" + port.getLocalPort() + "/");

      assertThatThrownBy(
              () ->
                  Evidence.within(
                      "azure",
                      Duration.ofSeconds(1),
                      () -> {
                        waiting.set(Thread.currentThread());
                        return new PlatformRequest(surroundings, "it", target).direct().text();
                      }))
          .isInstanceOf(JoinException.class)
          .hasMessageContaining("did not come within 1 s");

      await().atMost(Duration.ofSeconds(60)).until(() -> !waiting.get().isAlive());
    } finally {
      timer.shutdownNow();
    }
  }
}
