package io.machineid.internal.transport;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections that are accepted here and piped elsewhere, and the threads for it. */
public final class Pipes implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");

  private final ExecutorService threads;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Makes it; threads are daemons, and there as long as they have something to do.
   *
   * @param name what threads are called, before their number
   */
  public Pipes(String name) {
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** What is done with a connection, on a thread of its own; it is closed afterwards. */
  @FunctionalInterface
  public interface Service {
    /** Serves it; may take as long as it lives. */
    void serve(Socket client) throws IOException;
  }

  /**
   * Serves what comes to a port until that is closed.
   *
   * @param port the port
   * @param service who serves each connection
   */
  public void accept(ServerSocket port, Service service) {
    threads.execute(
        () -> {
          while (!port.isClosed()) {
            try {
              Socket client = port.accept();
              client.setTcpNoDelay(true);
              begin(client, service);
            } catch (IOException e) {
              LOG.log(Level.TRACE, "a port on loopback takes no connection", e);
            }
          }
        });
  }

  private void begin(Socket client, Service service) throws IOException {
    open.add(client);
    try {
      threads.execute(() -> serve(client, service));
    } catch (RejectedExecutionException e) {
      end(client);
    }
  }

  private void serve(Socket client, Service service) {
    try {
      service.serve(client);
    } catch (IOException e) {
      LOG.log(Level.TRACE, "a connection on loopback broke", e);
    } finally {
      end(client);
    }
  }

  /**
   * Pipes both ways; blocks until either side ends, then closes both.
   *
   * @param one one side
   * @param other the other
   */
  public void join(Socket one, Socket other) {
    open.add(other);
    try {
      if (closed) {
        return;
      }
      threads.execute(() -> pump(other, one));
      pump(one, other);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "closed meanwhile", e);
    } finally {
      end(one);
      end(other);
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      from.setSoTimeout(0);
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      LOG.log(Level.TRACE, "a pipe broke", e);
    } finally {
      end(from);
      end(to);
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.TRACE, "a connection did not close", e);
    }
  }

  /** Ends all connections and threads. */
  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
    List.copyOf(open).forEach(this::end);
  }
}
