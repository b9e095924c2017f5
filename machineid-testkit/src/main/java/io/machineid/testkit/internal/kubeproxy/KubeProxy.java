package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesBackend;
import io.machineid.testkit.internal.role.Role;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Kubernetes side of a Teleport proxy, together with the agent behind it: takes connections
 * after their TLS handshake, and answers HTTP/1.1 and HTTP/2 requests as a real proxy does.
 * Thread-safe.
 */
public final class KubeProxy implements AutoCloseable {

  private static final int MAX_STREAMS = 250;
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int CHUNK_BYTES = 8 << 10;

  private final KubernetesGate gate;
  private final InstantSource clock;
  private final Options options;
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();

  /** What the proxy needs to know of its Teleport cluster; asked anew for each request. */
  public interface Access {

    /** A role by its name. */
    Optional<Role> role(String name);

    /** Whether a user is locked. */
    boolean locked(String user);

    /** A Kubernetes cluster by its name. */
    Optional<Target> kubernetesCluster(String name);

    /**
     * What a leaf cluster answers to the same questions, by its name; its own leaves are unseen.
     */
    default Optional<Access> leaf(String name) {
      return Optional.empty();
    }

    /** Whether the path of a request may say which cluster it is for. */
    default boolean routesByPath() {
      return false;
    }
  }

  /**
   * A Kubernetes cluster.
   *
   * @param name its name in Teleport
   * @param labels what roles choose it by
   * @param backend its API
   */
  public record Target(String name, Map<String, String> labels, KubernetesBackend backend) {

    /** Copies. */
    public Target {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * What can be different.
   *
   * @param duplicateWatchEvents whether most events of kinds that roles can name arrive twice, as
   *     from a real proxy
   * @param idleTimeout after how long a connection with nothing under way is closed
   * @param listener who is told of requests
   */
  public record Options(
      boolean duplicateWatchEvents, Duration idleTimeout, RequestListener listener) {

    /** As a real proxy, and nobody listens. */
    public static Options standard() {
      return new Options(true, Duration.ofSeconds(30), (request, arrived) -> {});
    }

    /** With somebody who is told of requests. */
    public Options listener(RequestListener newListener) {
      return new Options(duplicateWatchEvents, idleTimeout, newListener);
    }
  }

  /** A proxy that behaves as a real one. */
  public KubeProxy(Access access, InstantSource clock) {
    this(access, clock, Options.standard());
  }

  /** A proxy with some behaviour chosen. */
  public KubeProxy(Access access, InstantSource clock, Options options) {
    this.gate = new KubernetesGate(access, options.duplicateWatchEvents());
    this.clock = clock;
    this.options = options;
  }

  /**
   * Takes over a connection.
   *
   * @param pipeline its handlers up to and with TLS; the proxy's are added at the end
   * @param alpn {@code h2}; anything else means HTTP/1.1
   * @param peerChain the client's certificates, already verified; empty where it showed none
   */
  public void install(ChannelPipeline pipeline, String alpn, List<X509Certificate> peerChain) {
    install(pipeline, alpn, peerChain, options.listener());
  }

  /**
   * Takes over a connection whose requests somebody else is told of.
   *
   * @param pipeline its handlers up to and with TLS; the proxy's are added at the end
   * @param alpn {@code h2}; anything else means HTTP/1.1
   * @param peerChain the client's certificates, already verified; empty where it showed none
   * @param listener who is told
   */
  public void install(
      ChannelPipeline pipeline,
      String alpn,
      List<X509Certificate> peerChain,
      RequestListener listener) {
    Channel channel = pipeline.channel();
    connections.add(channel);
    channel.closeFuture().addListener(closed -> connections.remove(channel));
    Connection connection =
        Connection.of(channel, alpn, Peer.of(peerChain), options.listener(listener), clock);
    if (connection.http1()) {
      pipeline.addLast(new HttpServerCodec(MAX_HEAD_BYTES, MAX_HEAD_BYTES, CHUNK_BYTES));
      addRequestHandlers(pipeline, connection);
    } else {
      installHttp2(pipeline, connection);
    }
  }

  private void installHttp2(ChannelPipeline pipeline, Connection connection) {
    Http2Settings settings =
        Http2Settings.defaultSettings()
            .maxConcurrentStreams(MAX_STREAMS)
            .maxHeaderListSize(MAX_HEAD_BYTES);
    pipeline.addLast(
        Http2FrameCodecBuilder.forServer()
            .initialSettings(settings)
            .gracefulShutdownTimeoutMillis(0)
            .build());
    pipeline.addLast(
        new Http2MultiplexHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true));
                addRequestHandlers(stream.pipeline(), connection);
              }
            }));
  }

  private void addRequestHandlers(ChannelPipeline pipeline, Connection connection) {
    pipeline.addLast(new BodyLimit(connection));
    pipeline.addLast(new RequestHandler(gate, connection));
  }

  /** Closes all connections. */
  @Override
  public void close() {
    connections.forEach(Channels::close);
  }
}
