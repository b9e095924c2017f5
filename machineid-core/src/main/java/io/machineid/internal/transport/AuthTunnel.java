package io.machineid.internal.transport;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The way to the auth service through a proxy's SSH server for tunnels, for proxies that pass
 * nobody on at their web port. It takes an SSH library, which need not be there, and an identity.
 * Thread-safe.
 */
public final class AuthTunnel {

  private static final String LIBRARY = "org.apache.sshd.client.SshClient";

  private final HostPort address;
  private final Dialer dialer;
  private final Optional<SshIdentity> identity;
  private final AtomicBoolean onlyWay;

  /**
   * Makes it; connects to nothing.
   *
   * @param address of the proxy's SSH server
   * @param dialer how to get there
   */
  public AuthTunnel(HostPort address, Dialer dialer) {
    this(address, dialer, Optional.empty(), new AtomicBoolean());
  }

  private AuthTunnel(
      HostPort address, Dialer dialer, Optional<SshIdentity> identity, AtomicBoolean onlyWay) {
    this.address = address;
    this.dialer = dialer;
    this.identity = identity;
    this.onlyWay = onlyWay;
  }

  /** The same for somebody. */
  AuthTunnel as(SshIdentity somebody) {
    return new AuthTunnel(address, dialer, Optional.of(somebody), onlyWay);
  }

  /** Where the SSH server is. */
  public HostPort address() {
    return address;
  }

  /** Whether the SSH library is there. */
  public static boolean isAvailable() {
    try {
      Class.forName(LIBRARY, false, AuthTunnel.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** What to add where the library is missing, in words. */
  public static String whatToAdd() {
    return "add org.apache.sshd:sshd-core to the class path, or org.apache.sshd:sshd-osgi to the module path";
  }

  /** Whether this way has worked where the other had not. */
  boolean isOnlyWay() {
    return onlyWay.get();
  }

  /** It has worked. */
  void worked() {
    onlyWay.set(true);
  }

  /** It no longer works. */
  void failed() {
    onlyWay.set(false);
  }

  /**
   * Opens a tunnel; blocks.
   *
   * @return a socket on which the auth service expects TLS
   * @throws IOException where there is none to be had; its cause says what to do
   */
  Socket open() throws IOException {
    if (!isAvailable()) {
      throw refused("the proxy's SSH tunnel at %s needs an SSH library: " + whatToAdd(), null);
    }
    if (identity.isEmpty()) {
      throw refused("the proxy's SSH tunnel at %s takes who has an identity only", null);
    }
    Socket raw = dialer.connect(address);
    try {
      return SshTunnel.open(raw, address, identity.get());
    } catch (LinkageError e) {
      raw.close();
      throw refused(
          "the proxy's SSH tunnel at %s needs an SSH library, of which a part is missing: "
              + whatToAdd(),
          new IllegalStateException(e));
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw refused(
          "the proxy's SSH tunnel at %s cannot be used: "
              + String.valueOf(e.getMessage()).replace("%", "%%"),
          e);
    }
  }

  private IOException refused(String what, @Nullable Exception cause) {
    ConnectionException why =
        new ConnectionException(
            Reason.UNREACHABLE, cause instanceof IOException, what.formatted(address), cause);
    return new IOException(why.getMessage(), why);
  }
}
