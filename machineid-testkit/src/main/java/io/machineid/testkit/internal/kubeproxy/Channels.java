package io.machineid.testkit.internal.kubeproxy;

import io.netty.channel.ChannelOutboundInvoker;

/**
 * Calls on connections whose outcome nobody waits for: what goes wrong shows as the connection's
 * end.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class Channels {

  private Channels() {}

  static void close(ChannelOutboundInvoker connection) {
    connection.close();
  }

  static void send(ChannelOutboundInvoker connection, Object message) {
    connection.writeAndFlush(message);
  }
}
