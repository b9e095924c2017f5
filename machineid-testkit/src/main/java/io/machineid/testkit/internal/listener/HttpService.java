package io.machineid.testkit.internal.listener;

import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.listener.HttpApi.Answer;
import io.machineid.testkit.internal.listener.HttpApi.Question;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.FaultPlan;
import io.machineid.testkit.internal.state.Recorder;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP/1.1 or HTTP/2 for an {@link HttpApi}. */
final class HttpService {

  private static final int MAX_BODY = 10 << 20;
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final HttpApi api;
  private final FaultPlan faults;
  private final Recorder recorder;
  private final EventExecutorGroup executors;
  private final @Nullable Consumer<ChannelPipeline> within;

  /** Answers HTTP and nothing else. */
  HttpService(HttpApi api, FaultPlan faults, Recorder recorder, EventExecutorGroup executors) {
    this(api, faults, recorder, executors, null);
  }

  /**
   * Upgrades connections, too.
   *
   * @param within begins anew within an upgraded connection; null where there are none
   */
  HttpService(
      HttpApi api,
      FaultPlan faults,
      Recorder recorder,
      EventExecutorGroup executors,
      @Nullable Consumer<ChannelPipeline> within) {
    this.within = within;
    this.api = api;
    this.faults = faults;
    this.recorder = recorder;
    this.executors = executors;
  }

  void install(ChannelPipeline pipeline, Connection connection) {
    if (connection.protocol().equals(Routing.HTTP2)) {
      pipeline.addLast(
          Http2FrameCodecBuilder.forServer().build(),
          new Http2MultiplexHandler(
              new ChannelInitializer<Http2StreamChannel>() {
                @Override
                protected void initChannel(Http2StreamChannel stream) {
                  stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true));
                  addHandlers(stream.pipeline(), connection);
                }
              }));
    } else {
      pipeline.addLast(new HttpServerCodec());
      addHandlers(pipeline, connection);
    }
  }

  private void addHandlers(ChannelPipeline pipeline, Connection connection) {
    pipeline.addLast(new HttpObjectAggregator(MAX_BODY));
    Handler handler = new Handler(connection);
    if (within != null && !connection.protocol().equals(Routing.HTTP2)) {
      pipeline.addLast(new UpgradeHandler(connection, recorder, handler, within));
    }
    pipeline.addLast(executors, handler);
  }

  private final class Handler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private final Connection connection;

    Handler(Connection connection) {
      this.connection = connection;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      Instant arrived = recorder.now();
      String method = request.method().name();
      String path = new QueryStringDecoder(request.uri()).rawPath();
      Question question =
          new Question(
              method,
              path,
              request.headers().getAll(HttpHeaderNames.UPGRADE),
              request.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
              ByteString.copyFrom(request.content().nioBuffer()),
              connection);
      Answer answer = faults.next().map(HttpAnswers::error).orElseGet(() -> api.answer(question));
      recorder.answered(connection, method, path, Integer.toString(answer.status()), arrived);
      boolean keepAlive = HttpUtil.isKeepAlive(request);
      if (!keepAlive && context.channel() instanceof SocketChannel) {
        Channels.sendAndClose(context, response(answer, false));
      } else {
        Channels.send(context, response(answer, keepAlive));
      }
    }

    private FullHttpResponse response(Answer answer, boolean keepAlive) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.valueOf(answer.status()),
              Unpooled.wrappedBuffer(answer.body().asReadOnlyByteBuffer()));
      answer.headers().forEach(response.headers()::set);
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
      response.headers().set(HttpHeaderNames.DATE, HTTP_DATE.format(recorder.now()));
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().size());
      HttpUtil.setKeepAlive(response, keepAlive);
      return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      Channels.close(context);
    }
  }
}
