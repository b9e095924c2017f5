package io.machineid.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** The sockets and threads of a proxy that makes tunnels to this machine. Thread-safe. */
final class ProxySockets implements AutoCloseable {

  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private final ExecutorService threads;

  /** What is done with a client; may end with any exception of a broken or foolish one. */
  interface Handler {
    void serve(Socket client) throws IOException;
  }

  /**
   * Listens nowhere yet.
   *
   * @param server bound, on loopback
   * @param name of the threads
   */
  ProxySockets(ServerSocket server, String name) {
    this.server = server;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins to serve. */
  void accept(Handler handler) {
    threads.execute(
        () -> {
          while (!server.isClosed()) {
            try {
              begin(server.accept(), handler);
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  /** The kernel may hand out one more connection after the end. */
  private void begin(Socket client, Handler handler) throws IOException {
    open.add(client);
    try {
      threads.execute(() -> serve(client, handler));
    } catch (RejectedExecutionException e) {
      client.close();
    }
  }

  private void serve(Socket client, Handler handler) {
    try (client) {
      handler.serve(client);
    } catch (IOException | IllegalArgumentException e) {
      // the client has gone, or speaks nonsense: in both cases there is no more to be said
      open.remove(client);
    } finally {
      open.remove(client);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /** The far end of a tunnel. */
  Socket connect(int port) throws IOException {
    Socket upstream = new Socket(Proxy.NO_PROXY); // whatever the tests have told this process
    open.add(upstream);
    upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return upstream;
  }

  /** Passes bytes both ways until one side ends. */
  void join(Socket client, Socket upstream) {
    try {
      threads.execute(() -> pump(upstream, client));
    } catch (RejectedExecutionException e) {
      cut(upstream);
      return; // closed meanwhile
    }
    pump(client, upstream);
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      open.remove(from);
    } finally {
      open.removeAll(List.of(from, to));
    }
  }

  /** Cuts all tunnels without a word. */
  void drop() {
    List<Socket> tunnels = List.copyOf(open);
    open.removeAll(tunnels);
    tunnels.forEach(ProxySockets::cut);
  }

  private static void cut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow(); // from here on, one more connection finds no thread, and is closed
    drop();
  }
}
