package io.machineid.testkit.internal.kubernetes;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.util.Optional;

/** Writes an exchange's request in HTTP/1.1. */
final class HttpRequests {

  private HttpRequests() {}

  static FullHttpRequest of(KubernetesExchange exchange, URI url, Optional<String> token) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(exchange.method()),
            target(exchange, url),
            Unpooled.wrappedBuffer(exchange.body()));
    exchange.headers().map().forEach((name, values) -> request.headers().add(name, values));
    request.headers().set(HttpHeaderNames.HOST, url.getRawAuthority());
    if (!exchange.upgradeRequested()) {
      request.headers().set(HttpHeaderNames.CONNECTION, "close");
    }
    if (exchange.body().length > 0 || !exchange.method().equals("GET")) {
      request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, exchange.body().length);
    }
    token.ifPresent(t -> request.headers().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + t));
    return request;
  }

  private static String target(KubernetesExchange exchange, URI url) {
    String prefix = url.getRawPath() == null ? "" : url.getRawPath();
    String base = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    return base + exchange.path() + (exchange.query().isEmpty() ? "" : "?" + exchange.query());
  }
}
