package io.machineid.internal.auth;

import io.machineid.ConfigException;
import io.machineid.ConnectionException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TransportErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * To an address that was given as an auth server's and may be a proxy's. Which of the two it is, is
 * found out before anything secret is sent, and stays so: a join is never tried both ways.
 */
public final class AuthOrProxyRoute implements ClusterRoute {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final Set<Integer> USUAL_PORTS_OF_PROXIES = Set.of(443, 3080);

  private final HostPort address;
  private final boolean proxyFirst;
  private final DirectRoute auth;
  private final ProxyRoute proxy;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable ClusterRoute chosen;

  /**
   * Makes the route; connects to nothing yet.
   *
   * @param address the address
   * @param trust how an auth server is verified there
   * @param routes decides which way connections take
   */
  public AuthOrProxyRoute(HostPort address, AuthTrust trust, Routes routes) {
    this.address = address;
    this.proxyFirst =
        USUAL_PORTS_OF_PROXIES.contains(address.port()) || trust instanceof AuthTrust.Nobody;
    this.auth = new DirectRoute(address, trust, routes);
    this.proxy = new ProxyRoute(address, routes);
  }

  @Override
  public HostPort address() {
    return address;
  }

  @Override
  public Contact contact() {
    lock.lock();
    try {
      ClusterRoute known = chosen;
      return known == null ? choose() : known.contact();
    } finally {
      lock.unlock();
    }
  }

  /** The likelier one first: a proxy by the port, or since an auth server would not be trusted. */
  private Contact choose() {
    List<ClusterRoute> order = proxyFirst ? List.of(proxy, auth) : List.of(auth, proxy);
    MachineIdException first;
    try {
      return chosen(order.get(0));
    } catch (MachineIdException e) {
      if (!maybeTheOther(e)) {
        throw e;
      }
      first = e;
    }
    try {
      return chosen(order.get(1));
    } catch (ConfigException e) {
      e.addSuppressed(first);
      throw e;
    } catch (MachineIdException e) {
      throw neither(first, e);
    }
  }

  private Contact chosen(ClusterRoute route) {
    Contact contact = route.contact();
    chosen = route;
    if (route == proxy) {
      LOG.log(
          Level.WARNING,
          "{0} was given as an auth server and is a proxy: it is verified by its web certificate, and not by a CA pin or file. Give it as the proxy (proxy_server)",
          address);
    }
    return contact;
  }

  /** Whether the answer, or the certificate, was that of something else. Nothing was asked yet. */
  private static boolean maybeTheOther(MachineIdException failure) {
    return failure.reason() == Reason.NOT_TELEPORT
        // but not where an auth server has answered, with a CA that is not pinned
        || (failure.reason() == Reason.UNTRUSTED
            && failure.getCause() != null
            && TransportErrors.isUntrusted(failure.getCause()));
  }

  private ConnectionException neither(MachineIdException first, MachineIdException second) {
    ConnectionException both =
        new ConnectionException(
            first.reason(),
            first.retryable() || second.retryable(),
            "%s is neither. As %s: %s. As %s: %s"
                .formatted(
                    address,
                    proxyFirst ? "a proxy" : "an auth server",
                    first.getMessage(),
                    proxyFirst ? "an auth server" : "a proxy",
                    second.getMessage()),
            first,
            first.retryAfter().or(second::retryAfter));
    both.addSuppressed(second);
    return both;
  }

  private ClusterRoute known() {
    ClusterRoute known = chosen;
    if (known == null) {
      var unused = contact();
      known = chosen;
    }
    return known == null ? auth : known;
  }

  @Override
  public void known(List<X509Certificate> authorities) {
    auth.known(authorities);
  }

  @Override
  public Optional<Instant> serverTime() {
    return known().serverTime();
  }

  @Override
  public IssuedCertificates join(JoinOrder order) throws KeyRefused {
    return known().join(order);
  }

  @Override
  public JoinChannel joinChannel() {
    return known().joinChannel();
  }

  @Override
  public Optional<Integer> serverMajor() {
    return known().serverMajor();
  }

  @Override
  public AuthRoute auth(String cluster) {
    return known().auth(cluster);
  }

  @Override
  public FoundCluster proxy(AuthClient client) {
    return known().proxy(client);
  }

  @Override
  public boolean isProxy() {
    return chosen == proxy;
  }

  @Override
  public Routes routes() {
    return auth.routes();
  }

  @Override
  public void close() {
    auth.close();
    proxy.close();
  }
}
