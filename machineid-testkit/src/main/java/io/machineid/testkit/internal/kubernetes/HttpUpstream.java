package io.machineid.testkit.internal.kubernetes;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request on a connection to a Kubernetes API, and its answer on the way back. */
@SuppressWarnings("FutureReturnValueIgnored") // what goes wrong shows as the connection's end
final class HttpUpstream extends ChannelInboundHandlerAdapter {

  private static final System.Logger LOG = System.getLogger(HttpUpstream.class.getPackageName());
  private static final int SWITCHING = 101;

  private final KubernetesExchange exchange;
  private final FullHttpRequest request;
  private KubernetesExchange.@Nullable Channel answer;
  private boolean answered;
  private boolean upgraded;

  HttpUpstream(KubernetesExchange exchange, FullHttpRequest request) {
    this.exchange = exchange;
    this.request = request;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(request.retainedDuplicate());
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpResponse response) {
        head(ctx, response);
      }
      if (message instanceof HttpContent content) {
        body(ctx, content);
      }
      if (message instanceof ByteBuf bytes) {
        send(bytes);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void head(ChannelHandlerContext ctx, HttpResponse response) {
    int status = response.status().code();
    if (response.decoderResult().isFailure()) {
      ctx.close();
    } else if (status == SWITCHING) {
      upgrade(ctx, response);
    } else if (status >= 200) {
      answered = true;
      answer = exchange.stream(status, headers(response));
      answer.onClose(ctx::close);
    }
  }

  private void upgrade(ChannelHandlerContext ctx, HttpResponse response) {
    answered = true;
    upgraded = true;
    Channel channel = ctx.channel();
    KubernetesExchange.Channel client = exchange.upgrade(headers(response));
    answer = client;
    ctx.pipeline().remove(HttpClientCodec.class);
    client.onData(bytes -> channel.writeAndFlush(Unpooled.wrappedBuffer(bytes)));
    client.onClose(channel::close);
  }

  private void body(ChannelHandlerContext ctx, HttpContent content) {
    send(content.content());
    boolean last = content instanceof LastHttpContent && !content.decoderResult().isFailure();
    if (last && answer != null && !upgraded) {
      answer.close();
      ctx.close();
    }
  }

  private void send(ByteBuf bytes) {
    if (answer != null && bytes.isReadable()) {
      answer.write(ByteBufUtil.getBytes(bytes));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (answer != null) {
      answer.close();
    }
    failed();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.log(System.Logger.Level.DEBUG, "connection to a Kubernetes API failed", cause);
    ctx.close();
  }

  /** Nothing came back: says so to the client, unless it has its answer. */
  void failed() {
    if (!answered) {
      answered = true;
      FailureStatus failure = FailureStatus.unreachable("the Kubernetes API cannot be reached");
      HttpHeaders json =
          HttpHeaders.of(Map.of("Content-Type", List.of("application/json")), (n, v) -> true);
      exchange.respond(failure.code(), json, failure.json());
    }
  }

  private static HttpHeaders headers(HttpResponse response) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, String> header : response.headers()) {
      headers.computeIfAbsent(header.getKey(), name -> new ArrayList<>()).add(header.getValue());
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }
}
