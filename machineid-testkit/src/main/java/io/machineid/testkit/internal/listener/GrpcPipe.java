package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.auth.GrpcEndpoint;
import io.machineid.testkit.internal.state.Connection;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Pipes decrypted connections to the gRPC server, and stops reading from the side whose other side
 * is slow.
 */
final class GrpcPipe {

  private final GrpcEndpoint endpoint;

  GrpcPipe(GrpcEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  void install(ChannelPipeline pipeline, Connection connection) {
    Channel outside = pipeline.channel();
    outside.config().setAutoRead(false);
    LocalAddress from = endpoint.announce(connection);
    Channels.whenClosed(outside, () -> endpoint.forget(from));
    ChannelFuture connecting =
        new Bootstrap()
            .group(endpoint.loops())
            .channel(LocalChannel.class)
            .handler(
                new ChannelInitializer<LocalChannel>() {
                  @Override
                  protected void initChannel(LocalChannel inside) {
                    inside.pipeline().addLast(new End(outside));
                  }
                })
            .connect(endpoint.address(), from);
    End end = new End(connecting.channel());
    end.hold();
    pipeline.addLast(end);
    Channels.whenDone(
        connecting, success -> outside.eventLoop().execute(() -> connected(outside, end, success)));
  }

  private static void connected(Channel outside, End end, boolean success) {
    if (success) {
      end.release();
      outside.config().setAutoRead(true);
    } else {
      Channels.close(outside);
    }
  }

  /** One end of the pipe: what comes in here goes out there. */
  private static final class End extends ChannelInboundHandlerAdapter {

    private final Channel other;
    private final Deque<Object> held = new ArrayDeque<>();
    private boolean holding;

    End(Channel other) {
      this.other = other;
    }

    /**
     * What comes before the other side is there, as it may along with the end of the handshake, has
     * to wait.
     */
    void hold() {
      holding = true;
    }

    void release() {
      holding = false;
      while (!held.isEmpty()) {
        Channels.write(other, held.remove());
      }
      other.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (holding) {
        held.add(message);
      } else if (other.isActive()) {
        Channels.write(other, message);
      } else {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      other.flush();
      if (!other.isWritable()) {
        context.channel().config().setAutoRead(false);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (context.channel().isWritable()) {
        other.config().setAutoRead(true);
      }
      context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      held.forEach(ReferenceCountUtil::release);
      held.clear();
      Channels.flushAndClose(other);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      Channels.close(context);
    }
  }
}
