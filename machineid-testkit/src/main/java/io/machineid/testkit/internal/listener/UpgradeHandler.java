package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Recorder;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Turns a connection to the web API into one of bytes, in which TLS begins anew, for those that a
 * load balancer has cut off from the proxy. Anything else goes on to who answers HTTP.
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter {

  private static final String PATH = "/webapi/connectionupgrade";
  private static final String TELEPORT_UPGRADE = "X-Teleport-Upgrade";
  private static final String PLAIN = "alpn";
  private static final String WITH_PINGS = "alpn-ping";
  private static final List<String> KINDS = List.of(PLAIN, WITH_PINGS);
  private static final int LARGEST_FRAME_BYTES = 16 << 20;
  private static final int LENGTH_BYTES = 4;

  private final Connection connection;
  private final Recorder recorder;
  private final Consumer<ChannelPipeline> within;
  private final ChannelHandler http;

  /**
   * For one connection.
   *
   * @param http who answers HTTP, after this
   * @param within begins anew within the upgraded connection
   */
  UpgradeHandler(
      Connection connection,
      Recorder recorder,
      ChannelHandler http,
      Consumer<ChannelPipeline> within) {
    this.connection = connection;
    this.recorder = recorder;
    this.http = http;
    this.within = within;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof FullHttpRequest request
        && request.method().equals(HttpMethod.GET)
        && (request.uri().equals(PATH) || request.uri().equals("/v1" + PATH))
        && upgraded(context, request)) {
      request.release();
    } else {
      context.fireChannelRead(message);
    }
  }

  private boolean upgraded(ChannelHandlerContext context, FullHttpRequest request) {
    Instant arrived = recorder.now();
    HttpHeaders headers = request.headers();
    if (headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        && headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
      record(arrived);
      webSocket(context, request);
      return true;
    }
    Optional<String> kind =
        Stream.concat(
                headers.getAll(TELEPORT_UPGRADE).stream(),
                headers.getAll(HttpHeaderNames.UPGRADE).stream())
            .filter(KINDS::contains)
            .findFirst();
    kind.ifPresent(
        wanted -> {
          record(arrived);
          legacy(context, wanted);
        });
    return kind.isPresent();
  }

  /** Before the answer, after which the client may ask for what was recorded. */
  private void record(Instant arrived) {
    recorder.answered(connection, "GET", PATH, "101", arrived);
  }

  private void webSocket(ChannelHandlerContext context, FullHttpRequest request) {
    String offered = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "");
    Optional<String> kind =
        KINDS.stream().filter(List.of(offered.split("\\s*,\\s*", -1))::contains).findFirst();
    Channels.ignore(
        new WebSocketServerHandshaker13(
                PATH,
                kind.orElse(null),
                WebSocketDecoderConfig.newBuilder()
                    .maxFramePayloadLength(LARGEST_FRAME_BYTES)
                    .build())
            .handshake(context.channel(), request));
    ChannelPipeline pipeline = context.pipeline();
    if (kind.isEmpty()) {
      Channels.flushAndClose(context.channel());
      return;
    }
    pipeline.addAfter(context.name(), null, new WebSocketBytes(kind.get().equals(WITH_PINGS)));
    begin(context);
  }

  private void legacy(ChannelHandlerContext context, String kind) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    response
        .headers()
        .set(HttpHeaderNames.CONNECTION, "Upgrade")
        .set(HttpHeaderNames.UPGRADE, kind)
        .set(TELEPORT_UPGRADE, kind);
    Channels.send(context, response);
    ChannelPipeline pipeline = context.pipeline();
    if (kind.equals(WITH_PINGS)) {
      // each addition is right after this handler, so that the last is the nearest to the socket
      pipeline.addAfter(context.name(), null, Pings.ofChunks());
      pipeline.addAfter(
          context.name(),
          null,
          new LengthFieldBasedFrameDecoder(LARGEST_FRAME_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES));
      pipeline.addAfter(context.name(), null, new LengthFieldPrepender(LENGTH_BYTES));
    }
    pipeline.remove(HttpObjectAggregator.class);
    begin(context);
    pipeline.remove(HttpServerCodec.class);
  }

  private void begin(ChannelHandlerContext context) {
    ChannelPipeline pipeline = context.pipeline();
    pipeline.remove(http);
    within.accept(pipeline);
    pipeline.remove(this);
  }
}
