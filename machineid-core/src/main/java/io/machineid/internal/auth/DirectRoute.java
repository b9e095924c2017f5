package io.machineid.internal.auth;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.transport.Anything;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.ToldTrust;
import io.machineid.tls.PinnedTls;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * To the auth server's own port. What it is trusted by is decided before anything secret is sent.
 */
public final class DirectRoute implements ClusterRoute {

  private static final Logger LOG = System.getLogger("io.machineid");

  private final HostPort auth;
  private final AuthTrust trust;
  private final Routes routes;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicReference<@Nullable TrustManager> justResolved = new AtomicReference<>();
  private final AtomicBoolean refused = new AtomicBoolean();
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
        WebApi next = newApi(authorities);
        outdated = made;
        made = next;
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
    return newApi(authorities.isEmpty() ? given() : PinnedTls.trustManager(authorities));
  }

  private WebApi newApi(TrustManager trusted) {
    TrustManager[] roots = {trusted};
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
    lock.lock();
    try {
      known = List.copyOf(authorities);
      refused.set(false);
    } finally {
      lock.unlock();
    }
  }

  /**
   * By the authorities that the bot knows, or where they are not those of the server any more, by
   * what a person has said. Nothing is sent to a server that is not trusted.
   */
  private <T> T verified(Function<WebApi, T> exchange) {
    List<X509Certificate> authorities = known;
    try {
      return exchange.apply(api());
    } catch (ConnectionException e) {
      if (e.reason() != Reason.UNTRUSTED || authorities.isEmpty()) {
        throw e;
      }
      return asGiven(exchange, authorities, e);
    }
  }

  /**
   * The authorities that the bot knows are given up only once a person's word has proved true:
   * somebody in between may have answered. That anything is trusted is no such word.
   */
  private <T> T asGiven(
      Function<WebApi, T> exchange, List<X509Certificate> outdated, ConnectionException refusal) {
    TrustManager resolved;
    try {
      resolved = trust.resolve(anonymous());
    } catch (MachineIdException e) {
      e.addSuppressed(refusal);
      throw e;
    }
    if (resolved instanceof Anything) {
      throw new ConnectionException(
          Reason.UNTRUSTED,
          false,
          "%s. The bot knows the cluster's authorities and does not go back to trusting anything: if they were exchanged while it did not run, give CA pins, or clear its storage and join anew"
              .formatted(refusal.getMessage()),
          refusal);
    }
    WebApi aside = newApi(resolved);
    WebApi done = aside;
    try {
      T answer = exchange.apply(aside);
      done = adopted(aside, resolved, outdated);
      return answer;
    } catch (MachineIdException e) {
      e.addSuppressed(refusal);
      throw e;
    } finally {
      if (done != null) {
        done.close();
      }
    }
  }

  /** The client that is of no use any more, if there is one. */
  private @Nullable WebApi adopted(
      WebApi aside, TrustManager resolved, List<X509Certificate> outdated) {
    lock.lock();
    try {
      if (!known.equals(outdated)) {
        return aside;
      }
      LOG.log(
          Level.WARNING,
          "the auth server at {0} is not verified by the authorities that the bot has known; it is by what was configured, which counts until the bot knows newer ones",
          auth);
      WebApi before = api;
      known = List.of();
      trusted = List.of();
      api = aside;
      justResolved.set(resolved);
      return before;
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
    return verified(api -> api.get("/v2/"));
  }

  @Override
  public Optional<Instant> serverTime() {
    return greeting().serverTime();
  }

  @Override
  public IssuedCertificates join(JoinOrder order) throws KeyRefused {
    return new JoinClient(
            (path, body) -> verified(api -> api.post(path, body)), auth, OwnDoor.REGISTER)
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
      authorities.isEmpty() ? givenOrJustResolved() : knownOrGiven(authorities)
    };
    return new JoinChannel(route, PinnedTls.context(route.serverName(), new KeyManager[0], roots));
  }

  /**
   * By what the bot knows; the next time after that was refused by what was given, and then by what
   * is known again: a join that works brings newer ones.
   */
  private TrustManager knownOrGiven(List<X509Certificate> authorities) {
    if (refused.getAndSet(false)) {
      TrustManager resolved = trust.resolve(anonymous());
      if (!(resolved instanceof Anything)) {
        LOG.log(
            Level.WARNING,
            "the auth server at {0} was not verified by the authorities that the bot knows: the next join goes by what was configured",
            auth);
        return resolved;
      }
    }
    return new ToldTrust(PinnedTls.trustManager(authorities), () -> refused.set(true));
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
