package io.machineid.kubernetes.internal;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** The JDK's WebSocket as its user has it: the JDK tells no listener that its user aborts it. */
final class LiveWebSocket implements WebSocket {

  private final WebSocket socket;
  private final Runnable aborted;

  /**
   * Wraps one.
   *
   * @param aborted is called when its user has aborted it, perhaps several times
   */
  LiveWebSocket(WebSocket socket, Runnable aborted) {
    this.socket = socket;
    this.aborted = aborted;
  }

  @Override
  public void abort() {
    socket.abort();
    aborted.run();
  }

  @Override
  public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
    return mine(socket.sendText(data, last));
  }

  @Override
  public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
    return mine(socket.sendBinary(data, last));
  }

  @Override
  public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
    return mine(socket.sendPing(message));
  }

  @Override
  public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
    return mine(socket.sendPong(message));
  }

  @Override
  public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
    return mine(socket.sendClose(statusCode, reason));
  }

  private CompletableFuture<WebSocket> mine(CompletableFuture<WebSocket> sent) {
    CompletableFuture<WebSocket> told = new CompletableFuture<>();
    var unused =
        sent.whenComplete(
            (same, failure) -> {
              if (failure == null) {
                told.complete(this);
              } else {
                told.completeExceptionally(failure);
              }
            });
    return told;
  }

  @Override
  public void request(long n) {
    socket.request(n);
  }

  @Override
  public String getSubprotocol() {
    return socket.getSubprotocol();
  }

  @Override
  public boolean isOutputClosed() {
    return socket.isOutputClosed();
  }

  @Override
  public boolean isInputClosed() {
    return socket.isInputClosed();
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
