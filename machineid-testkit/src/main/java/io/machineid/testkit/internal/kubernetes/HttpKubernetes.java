package io.machineid.testkit.internal.kubernetes;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;

/**
 * Any Kubernetes API by its URL. Each request has a connection of its own; answers are passed on as
 * they come, upgrades as bytes. What cannot be reached is answered 504. Thread-safe.
 */
public final class HttpKubernetes implements KubernetesBackend {

  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int CHUNK_BYTES = 16 << 10;

  private final URI url;
  private final HttpCredentials credentials;
  private final Optional<SslContext> tls;
  private final EventLoopGroup group =
      new NioEventLoopGroup(1, new DefaultThreadFactory("machineid-kubernetes", true));

  /**
   * A Kubernetes API.
   *
   * @param url {@code https://host:port} or {@code http://host:port}, perhaps with a path in front
   *     of all others
   * @param credentials of somebody who may impersonate users and groups
   * @throws IllegalArgumentException for another kind of URL, or credentials that cannot be read
   */
  public HttpKubernetes(URI url, HttpCredentials credentials) {
    String scheme = url.getScheme() == null ? "" : url.getScheme();
    if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new IllegalArgumentException("not the URL of a Kubernetes API: " + url);
    }
    this.url = url;
    this.credentials = credentials;
    this.tls =
        scheme.equals("https") ? Optional.of(HttpTls.context(credentials)) : Optional.empty();
  }

  @Override
  public void handle(KubernetesExchange exchange) {
    HttpUpstream upstream =
        new HttpUpstream(exchange, HttpRequests.of(exchange, url, credentials.token()));
    ChannelFuture connected =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .handler(initializer(upstream))
            .connect(url.getHost(), port());
    connected.addListener(
        done -> {
          if (!done.isSuccess()) {
            upstream.failed();
          }
        });
  }

  private ChannelInitializer<Channel> initializer(HttpUpstream upstream) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        tls.ifPresent(context -> pipeline.addLast(verifying(context, channel)));
        pipeline.addLast(new HttpClientCodec(MAX_HEAD_BYTES, MAX_HEAD_BYTES, CHUNK_BYTES));
        pipeline.addLast(upstream);
      }
    };
  }

  private SslHandler verifying(SslContext context, Channel channel) {
    SslHandler handler = context.newHandler(channel.alloc(), url.getHost(), port());
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    handler.engine().setSSLParameters(parameters);
    return handler;
  }

  private int port() {
    return url.getPort() >= 0 ? url.getPort() : tls.isPresent() ? 443 : 80;
  }

  /** Closes all connections. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(closed -> {});
  }

  /** The URL. */
  @Override
  public String toString() {
    return "HttpKubernetes[" + url + "]";
  }
}
