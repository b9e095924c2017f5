package io.machineid.internal.auth;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import io.machineid.tls.PinnedTls;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
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
    lock.lock();
    try {
      if (api == null) {
        TrustManager resolved = trust.resolve(anonymous());
        justResolved.set(resolved);
        TrustManager[] roots = {resolved};
        api =
            new WebApi(
                auth,
                PinnedTls.context(AuthRoute.ANY_CLUSTER, new KeyManager[0], roots),
                routes.proxies());
      }
      return api;
    } finally {
      lock.unlock();
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
    return api().get("/v2/");
  }

  @Override
  public Optional<Instant> serverTime() {
    return greeting().serverTime();
  }

  @Override
  public IssuedCertificates join(JoinOrder order) throws KeyRefused {
    return new JoinClient(api()::post, auth, OwnDoor.REGISTER).join(order);
  }

  private AuthRoute anonymous() {
    return AuthRoute.anonymous(auth, AuthRoute.Means.of(routes.dialer()));
  }

  @Override
  public JoinChannel joinChannel() {
    AuthRoute route = anonymous();
    TrustManager known = justResolved.getAndSet(null); // a later join asks anew: authorities change
    TrustManager[] roots = {known == null ? trust.resolve(route) : known};
    return new JoinChannel(route, PinnedTls.context(route.serverName(), new KeyManager[0], roots));
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
