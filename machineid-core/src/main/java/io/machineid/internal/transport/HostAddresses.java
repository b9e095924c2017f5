package io.machineid.internal.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that a name has, in the order in which they are to be tried. Thread-safe; blocks.
 */
public final class HostAddresses {

  private static final Duration SHORTEST = Duration.ofSeconds(2);

  /** As this machine knows names. */
  public static final HostAddresses OF_THIS_MACHINE = new HostAddresses(InetAddress::getAllByName);

  private final Names names;

  /** Who knows names. */
  @FunctionalInterface
  public interface Names {

    /**
     * All addresses of a host; blocks.
     *
     * @param host a name, or an address
     * @return one or more
     */
    InetAddress[] of(String host) throws UnknownHostException;
  }

  /**
   * Asks somebody.
   *
   * @param names who knows names
   */
  public HostAddresses(Names names) {
    this.names = names;
  }

  /**
   * Connects to the first that answers.
   *
   * @param there a name, not resolved, and a port
   * @param longest how long to try in all; each of several addresses gets its share, and where
   *     these are too short the last ones are not tried
   * @throws IOException the failure of the first address; those of the others are suppressed in it
   */
  Socket connect(InetSocketAddress there, Duration longest) throws IOException {
    InetAddress[] all = names.of(there.getHostString());
    Duration share = longest.dividedBy(Math.max(1, all.length));
    Duration each = share.compareTo(SHORTEST) < 0 ? SHORTEST : share;
    Deadline deadline = Deadline.in(longest);
    IOException first = null;
    for (InetAddress address : all) {
      Duration left = deadline.left();
      if (first != null && left.toMillis() <= 0) {
        break;
      }
      try {
        return connect(address, there.getPort(), each.compareTo(left) < 0 ? each : left);
      } catch (IOException e) {
        first = joined(first, e);
      }
    }
    throw first == null ? new UnknownHostException(there.getHostString()) : first;
  }

  private static IOException joined(@Nullable IOException first, IOException next) {
    if (first == null) {
      return next;
    }
    first.addSuppressed(next);
    return first;
  }

  private static Socket connect(InetAddress address, int port, Duration longest)
      throws IOException {
    Socket socket = new Socket(Proxy.NO_PROXY);
    try {
      socket.connect(
          new InetSocketAddress(address, port), Math.max(1, Math.toIntExact(longest.toMillis())));
      socket.setTcpNoDelay(true);
      return socket;
    } catch (SocketException e) {
      socket.close();
      throw ofConnecting(e);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Some failures have a type that established connections fail with as well. */
  private static SocketException ofConnecting(SocketException failure) {
    if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
      return failure;
    }
    ConnectException told = new ConnectException(failure.getMessage());
    told.initCause(failure);
    return told;
  }

  /**
   * How one address answers.
   *
   * @param address the address
   * @param failure why it does not, or empty
   */
  public record Answer(InetAddress address, Optional<IOException> failure) {}

  /**
   * How each address of a name answers.
   *
   * @param there a name and a port
   * @param longest how long to try each
   * @param most how many to try
   * @return empty where the name is not known
   */
  public List<Answer> look(HostPort there, Duration longest, int most) {
    List<Answer> answers = new ArrayList<>();
    try {
      for (InetAddress address : names.of(there.host())) {
        if (answers.size() < most) {
          answers.add(new Answer(address, failure(address, there.port(), longest)));
        }
      }
    } catch (UnknownHostException e) {
      return List.of();
    }
    return answers;
  }

  private static Optional<IOException> failure(InetAddress address, int port, Duration longest) {
    try {
      connect(address, port, longest).close();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }
}
