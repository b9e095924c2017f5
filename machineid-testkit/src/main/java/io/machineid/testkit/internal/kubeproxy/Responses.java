package io.machineid.testkit.internal.kubeproxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.http.HttpHeaders;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Builds the messages that go back to a client. */
final class Responses {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final InstantSource clock;
  private final boolean http1;
  private final boolean keepAlive;

  Responses(InstantSource clock, boolean http1, boolean keepAlive) {
    this.clock = clock;
    this.http1 = http1;
    this.keepAlive = keepAlive;
  }

  FullHttpResponse whole(int status, HttpHeaders headers, byte[] body, boolean headOnly) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(status),
            headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    fill(response, headers);
    if (status != HttpResponseStatus.NO_CONTENT.code()) {
      response.headers().setInt("Content-Length", body.length);
    }
    return response;
  }

  HttpResponse head(int status, HttpHeaders headers) {
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    fill(response, headers);
    if (http1) {
      response.headers().set("Transfer-Encoding", HttpHeaderValues.CHUNKED);
    }
    return response;
  }

  FullHttpResponse switching(HttpHeaders headers, String protocol) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
    add(response, headers);
    response.headers().set("Connection", "Upgrade");
    response.headers().set("Upgrade", headers.firstValue("Upgrade").orElse(protocol));
    return response;
  }

  private void fill(HttpResponse response, HttpHeaders headers) {
    add(response, headers);
    if (!response.headers().contains("Date")) {
      response.headers().set("Date", DATE.format(clock.instant()));
    }
    if (http1 && !keepAlive) {
      response.headers().set("Connection", HttpHeaderValues.CLOSE);
    }
  }

  private static void add(HttpResponse response, HttpHeaders headers) {
    headers
        .map()
        .forEach(
            (name, values) -> {
              if (!Headers.OF_CONNECTION.contains(name)) {
                response.headers().add(name, values);
              }
            });
  }
}
