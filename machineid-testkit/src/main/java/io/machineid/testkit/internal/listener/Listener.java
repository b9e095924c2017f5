package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.listener.HandshakeHandler.Surroundings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;

/**
 * One port, on loopback only, and its connections. Bound at once; who connects before it serves
 * waits.
 */
final class Listener implements AutoCloseable {

  private static final long HANDSHAKE_SECONDS = 15;
  private static final long CLOSE_SECONDS = 2;

  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile Consumer<ChannelPipeline> start = Channels::close;
  private volatile Consumer<ChannelPipeline> within = Channels::close;
  private final Channel server;

  /** A free port. */
  Listener(EventLoopGroup loops) {
    server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    start.accept(channel.pipeline());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  /** Begins to take connections. */
  void serve(
      Function<ClientHello, Route> routing, TlsContexts contexts, Surroundings surroundings) {
    start =
        pipeline ->
            pipeline.addLast(
                new HelloHandler(
                    routing,
                    (context, hello, route) ->
                        handOver(
                            context,
                            hello,
                            route,
                            contexts.engine(route.service()),
                            surroundings)));
    within =
        pipeline ->
            pipeline.addLast(
                new HelloHandler(
                    routing,
                    (context, hello, route) ->
                        handOver(
                            context,
                            hello,
                            route,
                            contexts.engineWithin(route.service()),
                            surroundings)));
    server.config().setAutoRead(true);
  }

  private static void handOver(
      ChannelHandlerContext context,
      ClientHello hello,
      Route.To route,
      SSLEngine engine,
      Surroundings surroundings) {
    SslHandler tls = new SslHandler(engine);
    tls.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
    context.pipeline().addLast(new HandshakeHandler(engine, hello, route.service(), surroundings));
    context.pipeline().replace(context.handler(), null, tls);
  }

  /** Has TLS begin anew within an upgraded connection, as if it had come to this port. */
  void begin(ChannelPipeline pipeline) {
    within.accept(pipeline);
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Ends all connections, as a service does that starts anew. */
  void dropConnections() {
    Channels.closeAll(channels);
  }

  @Override
  public void close() {
    server.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    channels.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
