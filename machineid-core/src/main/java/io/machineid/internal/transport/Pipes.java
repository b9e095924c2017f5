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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are accepted here and piped elsewhere, and the threads for it. Who has not shown
 * yet that they may be here are few at a time: whoever else runs on this machine can connect.
 */
public final class Pipes implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");

  /** How many connections there are at a time whose other end is not known yet. */
  static final int STRANGERS = 32;

  /** For a place among them; many who may be here can come at once. */
  private static final long PATIENCE_MILLIS = 200;

  private static final long PAUSE_MILLIS = 100;

  private final ExecutorService threads;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> strangers = ConcurrentHashMap.newKeySet();
  private final Semaphore places = new Semaphore(STRANGERS);
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
    /** Serves it; may take as long as it lives. Says whether it is {@link Pipes#known}. */
    void serve(Socket client) throws IOException;
  }

  /**
   * Serves what comes to a port until that is closed, whatever goes wrong with one connection.
   *
   * @param port the port
   * @param service who serves each connection
   */
  public void accept(ServerSocket port, Service service) {
    threads.execute(
        () -> {
          boolean going = true;
          while (going && !closed) {
            going = acceptOne(port, service);
          }
        });
  }

  /** Returns whether to go on. */
  private boolean acceptOne(ServerSocket port, Service service) {
    Socket client = null;
    try {
      client = port.accept();
      client.setTcpNoDelay(true);
      return begin(client, service);
    } catch (Throwable e) { // lack of threads, memory or descriptors passes
      return recover(port, client, e);
    }
  }

  private boolean recover(ServerSocket port, @Nullable Socket client, Throwable failure) {
    if (client != null) {
      end(client); // the last one may come after the end: nobody would answer it
    }
    if (closed || port.isClosed()) {
      return false;
    }
    LOG.log(Level.DEBUG, "a port on loopback takes no connection", failure);
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private boolean begin(Socket client, Service service) throws InterruptedException {
    if (!places.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      LOG.log(Level.DEBUG, "too many connections to a port on loopback that say nothing");
      end(client);
      return true;
    }
    strangers.add(client);
    open.add(client);
    try {
      threads.execute(() -> serve(client, service));
      return true;
    } catch (RejectedExecutionException e) {
      end(client);
      return false;
    }
  }

  /** Takes a connection for that of somebody who may be here. */
  public void known(Socket client) {
    if (strangers.remove(client)) {
      places.release();
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

  /** Pipes both ways, on threads of its own. */
  void lead(Socket one, Socket other) {
    open.add(one);
    threads.execute(() -> join(one, other));
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
    known(socket);
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
