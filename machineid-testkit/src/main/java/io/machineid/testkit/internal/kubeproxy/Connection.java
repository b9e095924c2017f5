package io.machineid.testkit.internal.kubeproxy;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What all requests of a connection share.
 *
 * @param peer the client
 * @param protocol {@code HTTP/1.1} or {@code HTTP/2}
 * @param clientIp the client's address
 * @param port the port that it reached
 * @param idle closes the connection when nothing is under way
 * @param listener told of its requests
 * @param clock the cluster's time
 */
record Connection(
    Peer peer,
    String protocol,
    String clientIp,
    int port,
    IdleClose idle,
    RequestListener listener,
    InstantSource clock) {

  static final String HTTP_1 = "HTTP/1.1";
  static final String HTTP_2 = "HTTP/2";
  private static final String LOOPBACK = "127.0.0.1";

  static Connection of(
      Channel channel, String alpn, Peer peer, KubeProxy.Options options, InstantSource clock) {
    String protocol = alpn.equals("h2") ? HTTP_2 : HTTP_1;
    IdleClose idle = new IdleClose(channel, options.idleTimeout());
    String ip =
        channel.remoteAddress() instanceof InetSocketAddress remote && !remote.isUnresolved()
            ? remote.getAddress().getHostAddress()
            : LOOPBACK;
    int port = channel.localAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
    return new Connection(peer, protocol, ip, port, idle, options.listener(), clock);
  }

  boolean http1() {
    return protocol.equals(HTTP_1);
  }

  /** Tells the listener of a request whose status is decided. */
  void tell(String method, String uri, int status, Instant arrived) {
    String[] parts = uri.split("\\?", 2);
    String query = parts.length == 2 ? parts[1] : "";
    listener.onRequest(
        new RequestListener.Request(
            method, parts[0], query, peer.user(), peer.kubernetesCluster(), status, protocol),
        arrived);
  }

  ClientRequest.Origin origin(String host) {
    return new ClientRequest.Origin(clientIp, host, port);
  }
}
