package io.machineid.testkit.internal.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the first message of a client and hands the connection on. */
final class HelloHandler extends SslClientHelloHandler<HelloHandler.Routed> {

  private static final byte ALERT = 21;
  private static final byte FATAL = 2;

  private final Function<ClientHello, Route> routing;
  private final Handover handover;

  HelloHandler(Function<ClientHello, Route> routing, Handover handover) {
    this.routing = routing;
    this.handover = handover;
  }

  /** What is known after the first message. */
  record Routed(ClientHello hello, Route route) {}

  /** Takes a connection over that a service is to answer. */
  interface Handover {

    /** Replaces this handler in the pipeline. */
    void take(ChannelHandlerContext context, ClientHello hello, Route.To route);
  }

  @Override
  protected Future<Routed> lookup(ChannelHandlerContext context, @Nullable ByteBuf message) {
    try {
      ClientHello hello =
          message == null
              ? new ClientHello(Optional.empty(), List.of())
              : ClientHello.parse(message);
      return context.executor().newSucceededFuture(new Routed(hello, routing.apply(hello)));
    } catch (IndexOutOfBoundsException e) {
      return context.executor().newFailedFuture(e);
    }
  }

  @Override
  protected void onLookupComplete(ChannelHandlerContext context, Future<Routed> future) {
    if (!future.isSuccess()) {
      Channels.close(context);
      return;
    }
    Routed routed = future.getNow();
    if (routed.route() instanceof Route.To to) {
      handover.take(context, routed.hello(), to);
    } else if (routed.route() instanceof Route.Alert alert) {
      byte[] fatal = {ALERT, 3, 3, 0, 2, FATAL, (byte) alert.code()};
      Channels.sendAndClose(context, Unpooled.wrappedBuffer(fatal));
    } else {
      Channels.close(context);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Channels.close(context);
  }
}
