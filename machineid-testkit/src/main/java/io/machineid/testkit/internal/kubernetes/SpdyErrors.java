package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Speaks SPDY/3.1 just far enough to deliver an error on the stream that is meant for it. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the channel, nothing waits
final class SpdyErrors {

  private SpdyErrors() {}

  static void answer(ApiRequest request, ObjectNode failure) {
    String offered =
        String.join(",", request.exchange().headers().allValues("X-Stream-Protocol-Version"));
    if (offered.isEmpty()) {
      throw new ApiError(
          500, "InternalError", "unable to upgrade: X-Stream-Protocol-Version is required");
    }
    if (!List.of(offered.split("\\s*,\\s*", -1)).contains("v4.channel.k8s.io")) {
      throw ApiError.forbidden("unable to upgrade: unsupported protocol", Json.object());
    }
    KubernetesExchange.Channel channel =
        request
            .exchange()
            .upgrade(
                HttpHeaders.of(
                    Map.of(
                        "Upgrade", List.of("SPDY/3.1"),
                        "Connection", List.of("Upgrade"),
                        "X-Stream-Protocol-Version", List.of("v4.channel.k8s.io")),
                    (name, value) -> true));
    EmbeddedChannel spdy =
        new EmbeddedChannel(
            new SpdyFrameCodec(SpdyVersion.SPDY_3_1),
            new Streams(failure.toString().getBytes(StandardCharsets.UTF_8)));
    channel.onData(
        bytes -> {
          spdy.writeInbound(Unpooled.wrappedBuffer(bytes));
          for (ByteBuf out = spdy.readOutbound(); out != null; out = spdy.readOutbound()) {
            channel.write(ByteBufUtil.getBytes(out));
            out.release();
          }
          if (!spdy.isOpen()) {
            channel.close();
          }
        });
    channel.onClose(spdy::close);
  }

  /** Accepts every stream; the error stream gets the error, then all is over. */
  private static final class Streams extends SimpleChannelInboundHandler<Object> {

    private final byte[] failure;

    private Streams(byte[] failure) {
      this.failure = failure;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object frame) {
      if (frame instanceof SpdySynStreamFrame stream) {
        context.writeAndFlush(new DefaultSpdySynReplyFrame(stream.streamId()));
        if ("error".contentEquals(stream.headers().getAsString("streamtype"))) {
          ByteBuf data = Unpooled.wrappedBuffer(failure);
          DefaultSpdyDataFrame error = new DefaultSpdyDataFrame(stream.streamId(), data);
          error.setLast(true);
          context.writeAndFlush(error);
          context.writeAndFlush(new DefaultSpdyGoAwayFrame(stream.streamId()));
        }
      } else if (frame instanceof SpdyPingFrame ping) {
        context.writeAndFlush(new DefaultSpdyPingFrame(ping.id()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
