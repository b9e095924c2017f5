package io.machineid.testkit.internal.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/** Bytes in binary frames, on the server's side of a WebSocket. */
final class WebSocketBytes extends ChannelDuplexHandler {

  private final boolean pings;

  /**
   * For one connection.
   *
   * @param pings whether the client is asked from time to time whether it is there
   */
  WebSocketBytes(boolean pings) {
    this.pings = pings;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (pings) {
      Pings.begin(
          context,
          () -> new PingWebSocketFrame(context.alloc().buffer().writeBytes(Pings.payload())));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof BinaryWebSocketFrame || message instanceof ContinuationWebSocketFrame) {
      context.fireChannelRead(((WebSocketFrame) message).content());
      return;
    }
    if (message instanceof PingWebSocketFrame ping) {
      Channels.send(context, new PongWebSocketFrame(ping.content().retain()));
    } else if (message instanceof CloseWebSocketFrame) {
      Channels.close(context);
    }
    ReferenceCountUtil.release(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    Channels.write(
        context,
        message instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : message,
        promise);
  }
}
