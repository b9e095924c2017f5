package io.machineid.testkit.internal.auth;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import org.jspecify.annotations.Nullable;

/**
 * Connections in this process that take the socket option which gRPC sets, instead of warning that
 * there is none.
 */
public final class QuietLocalServerChannel extends LocalServerChannel {

  @Override
  protected LocalChannel newLocalChannel(LocalChannel peer) {
    return new QuietLocalChannel(this, peer);
  }

  private static final class QuietLocalChannel extends LocalChannel {

    // null while the constructor of the superclass runs, which asks for it
    private @Nullable ChannelConfig quiet;

    QuietLocalChannel(LocalServerChannel parent, LocalChannel peer) {
      super(parent, peer);
      quiet = new QuietConfig(this);
    }

    @Override
    public ChannelConfig config() {
      return quiet == null ? super.config() : quiet;
    }
  }

  private static final class QuietConfig extends DefaultChannelConfig {

    QuietConfig(Channel channel) {
      super(channel);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
      return option.equals(ChannelOption.SO_KEEPALIVE) || super.setOption(option, value);
    }
  }
}
