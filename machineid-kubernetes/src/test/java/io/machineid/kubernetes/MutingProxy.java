package io.machineid.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP proxy whose tunnels can go silent, as a firewall's that has forgotten a connection: what
 * is sent is lost, and nobody is told.
 */
final class MutingProxy extends ProxySelector implements AutoCloseable {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Tunnel> tunnels = new CopyOnWriteArrayList<>();
  private final ServerSocket port;

  private static final class Tunnel {
    final Socket near;
    final Socket far;
    volatile boolean mute;

    Tunnel(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }
  }

  MutingProxy() {
    try {
      port = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** Has all tunnels lose what is sent; new ones are as they should be. */
  void mute() {
    tunnels.forEach(tunnel -> tunnel.mute = true);
  }

  int tunnels() {
    return tunnels.size();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = port.accept();
        threads.execute(() -> serve(near));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket near) {
    try {
      String target = head(near.getInputStream()).split(" ")[1];
      int colon = target.lastIndexOf(':');
      Socket far =
          new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
      Tunnel tunnel = new Tunnel(near, far);
      tunnels.add(tunnel);
      near.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      threads.execute(() -> pump(tunnel, far, near));
      pump(tunnel, near, far);
    } catch (IOException e) {
      // the other side sees it
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  private static void pump(Tunnel tunnel, Socket from, Socket to) {
    byte[] some = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        if (!tunnel.mute) {
          out.write(some, 0, count);
        }
      }
      if (!tunnel.mute) {
        to.close();
      }
    } catch (IOException e) {
      // closed
    }
  }

  @Override
  public List<Proxy> select(URI target) {
    return List.of(
        new Proxy(
            Proxy.Type.HTTP,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port.getLocalPort())));
  }

  @Override
  public void connectFailed(URI target, SocketAddress address, IOException failure) {}

  @Override
  public void close() throws IOException {
    port.close();
    for (Tunnel tunnel : tunnels) {
      tunnel.near.close();
      tunnel.far.close();
    }
    threads.shutdownNow();
  }
}
