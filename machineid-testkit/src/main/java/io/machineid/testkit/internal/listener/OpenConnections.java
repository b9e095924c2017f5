package io.machineid.testkit.internal.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The connections that are open, by the numbers that records give them. Thread-safe. */
final class OpenConnections {

  private final Map<Integer, Channel> channels = new ConcurrentHashMap<>();

  void add(int number, Channel channel) {
    channels.put(number, channel);
    Channels.whenClosed(channel, () -> channels.remove(number, channel));
  }

  /**
   * Resets a connection: neither TLS nor TCP says good-bye. Blocks until it is done, so that
   * nothing that is sent afterwards arrives.
   *
   * @return whether there was such a connection
   */
  boolean reset(int number) {
    Channel channel = channels.get(number);
    if (channel == null) {
      return false;
    }
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    // from the head of the pipeline, where TLS does not see it
    channel.pipeline().firstContext().close().awaitUninterruptibly();
    return true;
  }
}
