package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.pki.ClientTrust;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Connection.Service;
import io.machineid.testkit.internal.state.Recorder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Waits for the end of the handshake, then lets the service in. */
final class HandshakeHandler extends ChannelInboundHandlerAdapter {

  private final SSLEngine engine;
  private final ClientHello hello;
  private final Service service;
  private final Surroundings surroundings;

  HandshakeHandler(
      SSLEngine engine, ClientHello hello, Service service, Surroundings surroundings) {
    this.engine = engine;
    this.hello = hello;
    this.service = service;
    this.surroundings = surroundings;
  }

  /** What all connections of a cluster share. */
  record Surroundings(
      ClientTrust trust, Recorder recorder, OpenConnections connections, Services services) {}

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        begin(context);
      } else {
        Channels.close(context);
      }
      return;
    }
    super.userEventTriggered(context, event);
  }

  private void begin(ChannelHandlerContext context) {
    List<X509Certificate> peerChain = peerChain();
    // a resumed session skips the check of the certificate
    if (!peerChain.stream().limit(1).allMatch(surroundings.trust()::accepts)) {
      Channels.close(context);
      return;
    }
    String protocol = engine.getApplicationProtocol();
    Connection connection =
        new Connection(
            surroundings.recorder().nextConnection(),
            service,
            hello.serverName(),
            hello.protocols(),
            protocol == null ? "" : protocol,
            peerChain,
            (InetSocketAddress) context.channel().remoteAddress());
    surroundings.connections().add(connection.number(), context.channel());
    surroundings.recorder().opened(connection);
    surroundings.services().install(context.pipeline(), connection);
    context.pipeline().remove(this);
  }

  private List<X509Certificate> peerChain() {
    try {
      Certificate[] chain = engine.getSession().getPeerCertificates();
      return Stream.of(chain).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Channels.close(context);
  }
}
