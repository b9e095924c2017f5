package io.machineid.kubernetes.internal;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A WebSocket that can be ended from outside: its listener gets an error. */
final class CuttableWebSocket implements WebSocket.Listener {

  private final WebSocket.Listener listener;
  private final Turnstile turnstile = new Turnstile();
  private final LiveAnswer<WebSocket> answer = new LiveAnswer<>(this::abandon);
  private volatile Runnable over = () -> {};
  private volatile @Nullable CompletableFuture<WebSocket> opening;
  private final AtomicReference<@Nullable LiveWebSocket> socket = new AtomicReference<>();
  private volatile boolean heard;

  CuttableWebSocket(WebSocket.Listener listener) {
    this.listener = listener;
  }

  /** Sets what is called when the WebSocket is closed, perhaps several times. */
  void over(Runnable action) {
    over = action;
  }

  /** The WebSocket to be, with a handle to it. */
  CompletableFuture<WebSocket> opening(CompletableFuture<WebSocket> future) {
    opening = future;
    var unused =
        future.whenComplete(
            (opened, failure) -> {
              if (failure == null) {
                answer.complete(live(opened));
              } else {
                gone();
                answer.completeExceptionally(failure);
              }
            });
    if (turnstile.isEnded() || answer.isCancelled()) {
      abandon();
    }
    return answer;
  }

  /** Notes that it has closed. */
  void gone() {
    over.run();
  }

  /** Ends it with an error: at the listener where it is open, else at who waits for it. */
  void cut(IOException why) {
    try {
      turnstile.end(() -> tell(why));
    } finally {
      abandon();
      answer.completeExceptionally(why);
      gone();
    }
  }

  /** What its user has; always the same. */
  private LiveWebSocket live(WebSocket opened) {
    return socket.updateAndGet(
        known -> known == null ? new LiveWebSocket(opened, this::gone) : known);
  }

  private void tell(IOException why) {
    WebSocket open = socket.get();
    if (open != null && heard) {
      listener.onError(open, why);
    }
  }

  private void abandon() {
    CompletableFuture<WebSocket> future = opening;
    if (future != null) {
      future.cancel(true);
    }
    WebSocket open = socket.get();
    if (open != null) {
      open.abort();
    }
  }

  @Override
  public void onOpen(WebSocket opened) {
    LiveWebSocket open = live(opened);
    if (answer.isCancelled()) { // which did not keep the JDK from opening it
      open.abort();
      return;
    }
    heard = true;
    turnstile.pass(() -> listener.onOpen(open));
    if (turnstile.isEnded()) {
      open.abort();
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    return pass(reader -> reader.onText(live(from), data, last));
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    return pass(reader -> reader.onBinary(live(from), data, last));
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    return pass(reader -> reader.onPing(live(from), message));
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    return pass(reader -> reader.onPong(live(from), message));
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    gone();
    return pass(reader -> reader.onClose(live(from), status, reason));
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    gone();
    turnstile.pass(() -> listener.onError(live(from), failure));
  }

  private @Nullable CompletionStage<?> pass(
      Function<WebSocket.Listener, @Nullable CompletionStage<?>> signal) {
    AtomicReference<@Nullable CompletionStage<?>> result = new AtomicReference<>();
    turnstile.pass(() -> result.set(signal.apply(listener)));
    return result.get();
  }
}
