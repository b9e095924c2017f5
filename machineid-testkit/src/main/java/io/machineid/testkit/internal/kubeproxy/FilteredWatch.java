package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A stream of watch events, one JSON line each: hides what must not be seen and, as a real proxy
 * does, sends most events twice.
 */
record FilteredWatch(Answer next, ObjectFilter filter, boolean duplicate) implements Answer {

  private static final int MAX_EVENT_BYTES = 16 << 20;

  @Override
  public void respond(int status, HttpHeaders headers, byte[] body) {
    if (status != 200) {
      next.respond(status, headers, body);
      return;
    }
    try (KubernetesExchange.Channel events = stream(status, headers)) {
      events.write(body);
    }
  }

  @Override
  public KubernetesExchange.Channel stream(int status, HttpHeaders headers) {
    KubernetesExchange.Channel channel = next.stream(status, headers);
    return status == 200 ? new Events(channel) : channel;
  }

  @Override
  public KubernetesExchange.Channel upgrade(HttpHeaders headers) {
    return next.upgrade(headers);
  }

  private final class Events implements KubernetesExchange.Channel {

    private final KubernetesExchange.Channel client;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean started;

    Events(KubernetesExchange.Channel client) {
      this.client = client;
    }

    // in order and whole: events are cut and passed on under one lock
    @Override
    public synchronized void write(byte[] bytes) {
      for (byte b : bytes) {
        line.write(b);
        if (b == '\n') {
          endOfLine();
        }
      }
      if (line.size() > MAX_EVENT_BYTES) {
        line.reset();
        client.close();
      }
    }

    private void endOfLine() {
      String event = line.toString(StandardCharsets.UTF_8).strip();
      line.reset();
      if (!event.isEmpty()) {
        filter.event(event).ifPresent(this::send);
      }
    }

    // the first event of a stream was seen to come once
    private void send(String event) {
      byte[] bytes = (event + "\n").getBytes(StandardCharsets.UTF_8);
      client.write(bytes);
      if (duplicate && started && !ObjectFilter.isAboutNoObject(event)) {
        client.write(bytes);
      }
      started = true;
    }

    @Override
    public void onData(Consumer<byte[]> consumer) {
      client.onData(consumer);
    }

    @Override
    public void onClose(Runnable action) {
      client.onClose(action);
    }

    @Override
    public synchronized void close() {
      endOfLine();
      client.close();
    }
  }
}
