package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Collects a request with its body, up to the size that a Kubernetes API takes. The rest of a
 * larger one is read and thrown away, so that the client gets to see the answer.
 */
final class BodyLimit extends HttpObjectAggregator {

  private static final int MAX_BYTES = 3 << 20;

  private final Connection connection;

  BodyLimit(Connection connection) {
    super(MAX_BYTES);
    this.connection = connection;
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    byte[] body = FailureStatus.tooLarge("limit of " + MAX_BYTES + " bytes exceeded").json();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
            Unpooled.wrappedBuffer(body));
    response.headers().set("Content-Type", "application/json");
    response.headers().setInt("Content-Length", body.length);
    if (oversized instanceof HttpRequest request) {
      connection.tell(
          request.method().name(),
          request.uri(),
          response.status().code(),
          connection.clock().instant());
    }
    Channels.send(ctx, response);
  }
}
