package io.machineid.internal.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A {@link TunnelServer} that is there once it is needed, until it is closed. Thread-safe. */
final class LoopbackTunnels implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable TunnelServer server;
  private boolean closed;

  /** Begins to listen. */
  interface Start {
    /** Opens a port. */
    TunnelServer listen() throws IOException;
  }

  /** The server; begins it the first time. One that is closed leads nowhere. */
  TunnelServer server(Start start) {
    lock.lock();
    try {
      TunnelServer running = server;
      if (running == null) {
        running = start.listen();
        if (closed) {
          running.close();
        }
        server = running;
      }
      return running;
    } catch (IOException e) {
      throw new UncheckedIOException("no port on loopback for tunnels", e);
    } finally {
      lock.unlock();
    }
  }

  /** What a client has to say at an address, a secret; empty where that is not the server's. */
  Optional<String> authorization(SocketAddress proxy) {
    TunnelServer running = server;
    return running != null && proxy.equals(running.address())
        ? Optional.of(running.authorization())
        : Optional.empty();
  }

  /** Why a tunnel could not be opened, where a client's failure is due to that. */
  Optional<IOException> refusalBehind(Throwable failure) {
    TunnelServer running = server;
    return running == null ? Optional.empty() : Optional.ofNullable(running.refusalBehind(failure));
  }

  /** Ends the tunnels, and makes no more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (server != null) {
        server.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
