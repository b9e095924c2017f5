package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A body under way to a client. A client that does not read for too long loses its connection. */
final class StreamedBody implements KubernetesExchange.Channel {

  private static final long MAX_UNREAD_BYTES = 64 << 20;

  private final Channel channel;
  private final CloseActions end;
  private final boolean headOnly;
  private final Runnable finish;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong unread = new AtomicLong();

  StreamedBody(Channel channel, CloseActions end, boolean headOnly, Runnable finish) {
    this.channel = channel;
    this.end = end;
    this.headOnly = headOnly;
    this.finish = finish;
  }

  @Override
  public void write(byte[] bytes) {
    if (closed.get() || end.fired() || headOnly || bytes.length == 0) {
      return;
    }
    if (unread.addAndGet(bytes.length) > MAX_UNREAD_BYTES) {
      Channels.close(channel);
      return;
    }
    channel.eventLoop().execute(() -> send(bytes));
  }

  private void send(byte[] bytes) {
    channel
        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)))
        .addListener(written -> unread.addAndGet(-bytes.length));
  }

  @Override
  public void onData(Consumer<byte[]> consumer) {
    throw new IllegalStateException("a body goes one way");
  }

  @Override
  public void onClose(Runnable action) {
    end.add(action);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      channel.eventLoop().execute(this::end);
    }
  }

  private void end() {
    if (!end.fired()) {
      finish.run();
    }
  }
}
