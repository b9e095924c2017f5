package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.util.function.Consumer;

/** Waits until an answer is there as a whole. */
final class WholeAnswer implements Answer {

  private static final int MAX_BYTES = 64 << 20;

  private final Consumer<Whole> consumer;

  WholeAnswer(Consumer<Whole> consumer) {
    this.consumer = consumer;
  }

  /** An answer with its body. */
  @SuppressWarnings("ArrayRecordComponent") // answers are never compared
  record Whole(int status, HttpHeaders headers, byte[] body) {

    void to(Answer answer) {
      answer.respond(status, headers, body);
    }
  }

  @Override
  public void respond(int status, HttpHeaders headers, byte[] body) {
    consumer.accept(new Whole(status, headers, body));
  }

  @Override
  public KubernetesExchange.Channel stream(int status, HttpHeaders headers) {
    return new Collector(status, headers);
  }

  @Override
  public KubernetesExchange.Channel upgrade(HttpHeaders headers) {
    throw new IllegalStateException("nobody asked for an upgrade");
  }

  private final class Collector implements KubernetesExchange.Channel {

    private final int status;
    private final HttpHeaders headers;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CloseActions closeActions = new CloseActions();

    Collector(int status, HttpHeaders headers) {
      this.status = status;
      this.headers = headers;
    }

    @Override
    public void write(byte[] more) {
      boolean tooMuch;
      synchronized (bytes) {
        tooMuch = bytes.size() + more.length > MAX_BYTES;
        if (!tooMuch) {
          bytes.writeBytes(more);
        }
      }
      if (tooMuch) {
        finish(500, Headers.JSON, FailureStatus.internalError("the answer is too large").json());
      }
    }

    @Override
    public void onData(Consumer<byte[]> ignored) {
      // only upgraded connections have any
    }

    @Override
    public void onClose(Runnable action) {
      closeActions.add(action);
    }

    @Override
    public void close() {
      byte[] body;
      synchronized (bytes) {
        body = bytes.toByteArray();
      }
      finish(status, headers, body);
    }

    private void finish(int finalStatus, HttpHeaders finalHeaders, byte[] body) {
      if (closeActions.fire()) {
        consumer.accept(new Whole(finalStatus, finalHeaders, body));
      }
    }
  }
}
