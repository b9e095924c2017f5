package io.machineid.internal.transport;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** gRPC channels to an auth service. */
public final class AuthChannels {

  /**
   * What we tell servers to be. They compare it with the oldest client that they serve, so it is
   * the newest Teleport release whose protocol this is, not the library's own version.
   */
  public static final String TELEPORT_VERSION = "18.0.0";

  private static final Metadata.Key<String> VERSION =
      Metadata.Key.of("version", Metadata.ASCII_STRING_MARSHALLER);
  private static final String PLACEHOLDER = "127.0.0.1";
  private static final int ANSWER_LIMIT_BYTES = 4 << 20;
  private static final long BRIEF_IDLE_SECONDS = 5;

  private AuthChannels() {}

  /**
   * A channel that connects when it is first used, and again when it was cut.
   *
   * @param route the way to the auth service
   * @param tls pinned to the route's name; holds the client's certificate, if any
   */
  public static ManagedChannel open(AuthRoute route, SSLContext tls) {
    return builder(route, tls).build();
  }

  /**
   * A channel that also ends its connection when it was not used for a few seconds.
   *
   * @param route the way to the auth service
   * @param tls pinned to the route's name; holds the client's certificate, if any
   */
  public static ManagedChannel openBriefly(AuthRoute route, SSLContext tls) {
    return builder(route, tls).idleTimeout(BRIEF_IDLE_SECONDS, TimeUnit.SECONDS).build();
  }

  /** A channel of the same kind whose connections fail at once, before there is a socket. */
  public static ManagedChannel toNowhere() {
    return OkHttpChannelBuilder.forAddress(PLACEHOLDER, 1)
        .usePlaintext()
        .socketFactory(new NoSockets())
        .proxyDetector(address -> null)
        .disableRetry()
        .build();
  }

  private static OkHttpChannelBuilder builder(AuthRoute route, SSLContext tls) {
    Metadata headers = new Metadata();
    headers.put(VERSION, TELEPORT_VERSION);
    return OkHttpChannelBuilder.forAddress(PLACEHOLDER, route.address().port())
        // TLS is in the sockets that the dialer makes.
        .usePlaintext()
        .socketFactory(new AuthDialer(route, tls))
        .executor(CallThreads.SHARED)
        // So are proxies.
        .proxyDetector(address -> null)
        .overrideAuthority(route.serverName())
        .userAgent("machineid/" + TELEPORT_VERSION)
        .maxInboundMessageSize(ANSWER_LIMIT_BYTES)
        .keepAliveTime(60, TimeUnit.SECONDS)
        .keepAliveTimeout(60, TimeUnit.SECONDS)
        // Never on: gRPC would send a renewal twice. See RepeatedReads.
        .disableRetry()
        .intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
  }
}
