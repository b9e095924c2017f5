package io.machineid.testkit.internal.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks a client whether it is there: every 30 seconds, as a real proxy does, and right at the
 * beginning, so that a client that cannot bear it is found out.
 */
final class Pings extends ChannelInboundHandlerAdapter {

  private static final long INTERVAL_SECONDS = 30;

  private Pings() {}

  /** For chunks with their length before them: an empty one. It goes after what frames them. */
  static Pings ofChunks() {
    return new Pings();
  }

  static byte[] payload() {
    return "teleport".getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    begin(context, () -> Unpooled.EMPTY_BUFFER);
  }

  /** The client's own ones say nothing. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf chunk && !chunk.isReadable()) {
      chunk.release();
    } else {
      context.fireChannelRead(message);
    }
  }

  /** Sends what {@code ping} makes, from the place of a handler, until the connection ends. */
  static void begin(ChannelHandlerContext context, Supplier<Object> ping) {
    Future<?> asking =
        context
            .executor()
            .scheduleAtFixedRate(
                () -> Channels.send(context, ping.get()), 0, INTERVAL_SECONDS, TimeUnit.SECONDS);
    Channels.whenClosed(context.channel(), () -> asking.cancel(false));
  }
}
