package io.machineid.testkit.internal.listener;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.ChannelPromise;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Calls on connections whose outcome nobody waits for: what goes wrong shows as the connection's
 * end.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class Channels {

  private static final long QUIET_MILLIS = 10;
  private static final long LONGEST_MILLIS = 1000;

  private Channels() {}

  static void close(ChannelOutboundInvoker connection) {
    connection.close();
  }

  static void closeAll(ChannelGroup connections) {
    connections.close();
  }

  static void write(Channel connection, Object message) {
    connection.write(message, connection.voidPromise());
  }

  static void write(ChannelOutboundInvoker connection, Object message, ChannelPromise promise) {
    connection.write(message, promise);
  }

  /** For what netty does on its own, and whose failure ends the connection. */
  static void ignore(ChannelFuture future) {
    future.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  static void send(ChannelOutboundInvoker connection, Object message) {
    connection.writeAndFlush(message);
  }

  /** Closes a connection that is still open, once all that was written before has gone out. */
  static void flushAndClose(Channel connection) {
    if (connection.isActive()) {
      sendAndClose(connection, Unpooled.EMPTY_BUFFER);
    }
  }

  static void sendAndClose(ChannelOutboundInvoker connection, Object message) {
    connection.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
  }

  static void whenClosed(Channel connection, Runnable action) {
    connection.closeFuture().addListener(future -> action.run());
  }

  static void whenDone(ChannelFuture future, Consumer<Boolean> action) {
    future.addListener(done -> action.accept(done.isSuccess()));
  }

  /** Lets threads end what they have been given, and waits for that for a moment. */
  static void shutDown(EventExecutorGroup threads) {
    threads
        .shutdownGracefully(QUIET_MILLIS, LONGEST_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(LONGEST_MILLIS, TimeUnit.MILLISECONDS);
  }
}
