package io.machineid.kubernetes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CuttableWebSocketTest {

  private final List<String> told = new ArrayList<>();
  private final CuttableWebSocket socket = new CuttableWebSocket(new Told());
  private final CompletableFuture<WebSocket> opening = new CompletableFuture<>();
  private final CompletableFuture<WebSocket> answer = socket.opening(opening);
  private final Raw raw = new Raw();
  private int over;

  CuttableWebSocketTest() {
    socket.over(() -> over++);
  }

  @Test
  void whoOpensIt_andItsListener_haveTheSame() {
    List<WebSocket> seen = new ArrayList<>();
    CuttableWebSocket heard =
        new CuttableWebSocket(
            new WebSocket.Listener() {
              @Override
              public void onOpen(WebSocket opened) {
                seen.add(opened);
              }

              @Override
              public void onError(WebSocket failed, Throwable error) {
                seen.add(failed);
              }
            });
    CompletableFuture<WebSocket> mine = heard.opening(opening);
    heard.onOpen(raw);
    opening.complete(raw);

    heard.onError(raw, new IOException("reset"));

    assertThat(seen).hasSize(2).containsOnly(mine.join());
    assertThat(mine.join().sendText("a", true)).isCompletedWithValue(mine.join());
  }

  @Test
  void abortByItsUser_isItsEnd() {
    socket.onOpen(raw);
    opening.complete(raw);

    answer.join().abort();

    assertThat(raw.aborted).isTrue();
    assertThat(over).as("times that its end was noted").isPositive();
  }

  @Test
  void opening_thatItsUserCancels_leavesNoneOpen() {
    answer.cancel(true);
    socket.onOpen(raw); // the JDK opens what is cancelled all the same

    assertThat(raw.aborted).isTrue();
    assertThat(told).isEmpty();
    assertThat(over).isPositive();
  }

  @Test
  void cut_ofAnOpenOne_isToldOnce() {
    socket.onOpen(raw);
    socket.cut(new IOException("the certificate ends"));

    assertThat(told).containsExactly("open", "the certificate ends");
    assertThat(raw.aborted).isTrue();
  }

  @Test
  void cut_whoseListenerThrows_endsItAllTheSame() {
    CuttableWebSocket bad =
        new CuttableWebSocket(
            new WebSocket.Listener() {
              @Override
              public void onError(WebSocket failed, Throwable error) {
                throw new IllegalStateException("the listener's own");
              }
            });
    bad.over(() -> over++);
    bad.onOpen(raw);

    assertThatThrownBy(() -> bad.cut(new IOException("the certificate ends")))
        .hasMessage("the listener's own");

    assertThat(raw.aborted).isTrue();
    assertThat(over).isPositive();
  }

  private final class Told implements WebSocket.Listener {
    @Override
    public void onOpen(WebSocket opened) {
      told.add("open");
    }

    @Override
    public void onError(WebSocket failed, Throwable error) {
      told.add(error.getMessage());
    }
  }

  /** The JDK's, as far as it matters. */
  private static final class Raw implements WebSocket {
    boolean aborted;

    @Override
    public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public void request(long n) {}

    @Override
    public String getSubprotocol() {
      return "";
    }

    @Override
    public boolean isOutputClosed() {
      return aborted;
    }

    @Override
    public boolean isInputClosed() {
      return aborted;
    }

    @Override
    public void abort() {
      aborted = true;
    }
  }
}
