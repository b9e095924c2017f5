package io.machineid.internal.auth;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import io.machineid.tls.PinnedTls;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * To the auth server's own port. What it is trusted by is decided before anything secret is sent.
 */
public final class DirectRoute implements ClusterRoute {

  private final HostPort auth;
  private final AuthTrust trust;
  private final Routes routes;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicReference<@Nullable TrustManager> justResolved = new AtomicReference<>();
  private volatile List<X509Certificate> known = List.of();
  private List<X509Certificate> trusted = List.of();
  private volatile @Nullable WebApi api;
  private volatile @Nullable FoundCluster found;

  /**
   * Makes the route; connects to nothing yet.
   *
   * @param auth the auth server's address
   * @param trust how its certificate is verified before the cluster's authorities are known
   * @param routes decides which way connections take
   */
  public DirectRoute(HostPort auth, AuthTrust trust, Routes routes) {
    this.auth = auth;
    this.trust = trust;
    this.routes = routes;
  }

  @Override
  public HostPort address() {
    return auth;
  }

  private WebApi api() {
    WebApi outdated = null;
    lock.lock();
    try {
      List<X509Certificate> authorities = known;
      WebApi made = api;
      if (made == null || !trusted.equals(authorities)) {
        outdated = made;
        made = newApi(authorities);
        trusted = authorities;
        api = made;
      }
      return made;
    } finally {
      lock.unlock();
      if (outdated != null) {
        outdated.close();
      }
    }
  }

  private WebApi newApi(List<X509Certificate> authorities) {
    TrustManager[] roots = {authorities.isEmpty() ? given() : PinnedTls.trustManager(authorities)};
    return new WebApi(
        auth, PinnedTls.context(AuthRoute.ANY_CLUSTER, new KeyManager[0], roots), routes.proxies());
  }

  /** Whom a person has said to trust. */
  private TrustManager given() {
    TrustManager resolved = trust.resolve(anonymous());
    justResolved.set(resolved);
    return resolved;
  }

  @Override
  public void known(List<X509Certificate> authorities) {
    known = List.copyOf(authorities);
  }

  /**
   * By the authorities that the bot knows, or where they are not those of the server any more, by
   * what a person has said. Nothing is sent to a server that is not trusted.
   */
  private <T> T verified(Supplier<T> exchange) {
    try {
      return exchange.get();
    } catch (ConnectionException e) {
      if (e.reason() != Reason.UNTRUSTED || known.isEmpty()) {
        throw e;
      }
      known = List.of();
      return exchange.get();
    }
  }

  @Override
  public Contact contact() {
    WebApi.Answer greeting = greeting();
    if (greeting.status() < 400 && !greeting.body().isObject()) {
      throw new ConnectionException(
          Reason.NOT_TELEPORT,
          false,
          "%s answers with web pages, and not as an auth server. If it is the cluster's proxy, give it as the proxy (proxy_server)"
              .formatted(auth),
          null);
    }
    return new Contact(Optional.empty(), greeting.serverTime(), Optional.empty());
  }

  /** No path of this API is open to everybody, but every answer carries the server's time. */
  private WebApi.Answer greeting() {
    return verified(() -> api().get("/v2/"));
  }

  @Override
  public Optional<Instant> serverTime() {
    return greeting().serverTime();
  }

  @Override
  public IssuedCertificates join(JoinOrder order) throws KeyRefused {
    return new JoinClient(
            (path, body) -> verified(() -> api().post(path, body)), auth, OwnDoor.REGISTER)
        .join(order);
  }

  private AuthRoute anonymous() {
    return AuthRoute.anonymous(auth, AuthRoute.Means.of(routes.dialer()));
  }

  @Override
  public JoinChannel joinChannel() {
    AuthRoute route = anonymous();
    List<X509Certificate> authorities = known;
    TrustManager[] roots = {
      authorities.isEmpty() ? givenOrJustResolved() : PinnedTls.trustManager(authorities)
    };
    return new JoinChannel(route, PinnedTls.context(route.serverName(), new KeyManager[0], roots));
  }

  /** A later join asks anew: authorities change. */
  private TrustManager givenOrJustResolved() {
    TrustManager resolved = justResolved.getAndSet(null);
    return resolved == null ? trust.resolve(anonymous()) : resolved;
  }

  @Override
  public Optional<Integer> serverMajor() {
    return Optional.empty();
  }

  @Override
  public AuthRoute auth(String cluster) {
    return AuthRoute.direct(auth, cluster, AuthRoute.Means.of(routes.dialer()));
  }

  @Override
  public FoundCluster proxy(AuthClient client) {
    FoundCluster known = found;
    if (known == null) {
      HostPort address =
          client
              .proxyPublicAddress()
              .map(named -> HostPort.namedBy(auth, named))
              .orElseThrow(this::noProxy);
      try (WebApi web = routes.web(address)) {
        known = routes.find(web);
      }
      found = known;
    }
    return known;
  }

  @Override
  public boolean isProxy() {
    return false;
  }

  @Override
  public Routes routes() {
    return routes;
  }

  private ConnectionException noProxy() {
    return new ConnectionException(
        Reason.NOT_FOUND,
        true,
        "the cluster at %s knows no proxy with a public address; Kubernetes is reached through one. Set public_addr in the proxy's configuration"
            .formatted(auth),
        null);
  }

  @Override
  public void close() {
    routes.close();
    WebApi opened = api;
    if (opened != null) {
      opened.close();
    }
  }
}
