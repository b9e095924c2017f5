package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection that carries plain bytes both ways, after its HTTP handlers are gone. */
final class UpgradedConnection implements KubernetesExchange.Channel {

  private static final long MAX_UNREAD_BYTES = 64 << 20;

  private final Channel channel;
  private final CloseActions end;
  private final Deque<byte[]> early = new ArrayDeque<>();
  private final AtomicLong unread = new AtomicLong();
  private @Nullable Consumer<byte[]> consumer;

  UpgradedConnection(Channel channel, CloseActions end) {
    this.channel = channel;
    this.end = end;
  }

  /** Sends the answer and takes HTTP out of the way. On the event loop. */
  void start(FullHttpResponse switching) {
    if (consumer == null) {
      channel.config().setAutoRead(false);
    }
    Channels.send(channel, switching);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new Bytes());
    pipeline.remove(RequestHandler.class);
    pipeline.remove(BodyLimit.class);
    pipeline.remove(HttpServerCodec.class);
  }

  private final class Bytes extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (message instanceof ByteBuf buffer) {
          received(ByteBufUtil.getBytes(buffer));
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      Channels.close(ctx);
    }
  }

  private void received(byte[] bytes) {
    if (consumer == null) {
      early.add(bytes);
    } else {
      consumer.accept(bytes);
    }
  }

  @Override
  public void write(byte[] bytes) {
    if (end.fired() || bytes.length == 0) {
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
        .writeAndFlush(Unpooled.wrappedBuffer(bytes))
        .addListener(written -> unread.addAndGet(-bytes.length));
  }

  @Override
  public void onData(Consumer<byte[]> newConsumer) {
    channel.eventLoop().execute(() -> listen(newConsumer));
  }

  private void listen(Consumer<byte[]> newConsumer) {
    consumer = newConsumer;
    while (!early.isEmpty()) {
      newConsumer.accept(early.remove());
    }
    channel.config().setAutoRead(true);
  }

  @Override
  public void onClose(Runnable action) {
    end.add(action);
  }

  @Override
  public void close() {
    channel
        .eventLoop()
        .execute(
            () ->
                channel
                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(ChannelFutureListener.CLOSE));
  }
}
