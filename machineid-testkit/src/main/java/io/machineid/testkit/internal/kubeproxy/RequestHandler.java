package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The requests of an HTTP/1.1 connection, one after the other, or the one of an HTTP/2 stream. */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final System.Logger LOG = System.getLogger(RequestHandler.class.getPackageName());
  private static final int MAX_WAITING = 32;

  private final KubernetesGate gate;
  private final Connection connection;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean busy;

  RequestHandler(KubernetesGate gate, Connection connection) {
    this.gate = gate;
    this.connection = connection;
  }

  private record Waiting(ClientRequest request, String uri, boolean keepAlive, Instant arrived) {}

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
    if (message.decoderResult().isFailure() || waiting.size() >= MAX_WAITING) {
      Channels.close(ctx);
      return;
    }
    waiting.add(
        new Waiting(
            read(message),
            message.uri(),
            HttpUtil.isKeepAlive(message),
            connection.clock().instant()));
    next(ctx);
  }

  private void next(ChannelHandlerContext ctx) {
    Waiting turn = busy ? null : waiting.poll();
    if (turn != null) {
      busy = true;
      connection.idle().begin();
      NettyAnswer answer = answer(ctx, turn);
      answer.onEnd(() -> ended(ctx));
      handle(turn.request(), answer);
    }
  }

  private void ended(ChannelHandlerContext ctx) {
    busy = false;
    connection.idle().end();
    next(ctx);
  }

  private NettyAnswer answer(ChannelHandlerContext ctx, Waiting turn) {
    boolean http1 = connection.http1();
    Responses responses = new Responses(connection.clock(), http1, turn.keepAlive());
    return new NettyAnswer(
        ctx.channel(),
        turn.request(),
        responses,
        http1 && !turn.keepAlive(),
        status -> connection.tell(turn.request().method(), turn.uri(), status, turn.arrived()));
  }

  private void handle(ClientRequest request, Answer answer) {
    try {
      gate.handle(request, connection.peer(), answer);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "request failed: " + request.path(), e);
      answer.fail(FailureStatus.internalError("the request failed inside the fake proxy"));
    }
  }

  private ClientRequest read(FullHttpRequest message) {
    String[] uri = message.uri().split("\\?", 2);
    return new ClientRequest(
        message.method().name(),
        uri[0],
        uri.length == 2 ? uri[1] : "",
        headers(message),
        ByteBufUtil.getBytes(message.content()),
        connection.protocol(),
        connection.origin(message.headers().get(HttpHeaderNames.HOST, "")));
  }

  private static HttpHeaders headers(FullHttpRequest message) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, String> header : message.headers()) {
      headers.computeIfAbsent(header.getKey(), name -> new ArrayList<>()).add(header.getValue());
    }
    return Headers.of(headers);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.log(System.Logger.Level.DEBUG, "connection failed", cause);
    Channels.close(ctx);
  }
}
