package io.machineid.internal.auth;

import io.machineid.KubernetesEndpoint;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.transport.AnyMember;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.AuthTunnel;
import io.machineid.internal.transport.ClientProxies;
import io.machineid.internal.transport.ConnectionUpgrade;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.UpgradeSettings;
import io.machineid.internal.transport.UpgradeTunnels;
import io.machineid.tls.PinnedTls;
import java.net.ProxySelector;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Which way each kind of connection takes, given what was found at an address: the one place that
 * decides it, for a bot that starts and for a diagnosis. Thread-safe.
 */
public final class Routes implements AutoCloseable {

  private final X509TrustManager webRoots;
  private final ClientProxies proxies;
  private final Dialer dialer;
  private final UpgradeSettings upgradeSettings;
  private final boolean proxyAsGiven;
  private final Map<HostPort, ConnectionUpgrade> upgrades = new ConcurrentHashMap<>();
  private final Map<HostPort, AuthTunnel> sshTunnels = new ConcurrentHashMap<>();
  private final UpgradeTunnels tunnels;
  private final JoinServices joinServices = new JoinServices();
  private volatile Optional<ConnectionUpgrade> kubernetesUpgrade = Optional.empty();

  /**
   * Decides by these settings.
   *
   * @param webRoots whom to trust for the web certificates of proxies
   * @param proxies which proxies to go through
   * @param upgradeSettings what a person has decided about the connection upgrade
   * @param proxyAsGiven whether a proxy's address is the one that was configured, whatever it
   *     publishes
   */
  public Routes(
      X509TrustManager webRoots,
      ProxySelector proxies,
      UpgradeSettings upgradeSettings,
      boolean proxyAsGiven) {
    this.webRoots = webRoots;
    this.dialer = new Dialer(proxies, webRoots);
    this.proxies = new ClientProxies(proxies, dialer);
    this.upgradeSettings = upgradeSettings;
    this.proxyAsGiven = proxyAsGiven;
    this.tunnels = new UpgradeTunnels(this.proxies, dialer, () -> kubernetesUpgrade);
  }

  /**
   * As the JVM and its environment say.
   *
   * @param webRoots whom to trust for the web certificates of proxies
   * @param proxyAsGiven as for the constructor
   */
  public static Routes ofThisProcess(X509TrustManager webRoots, boolean proxyAsGiven) {
    return new Routes(
        webRoots,
        EnvironmentProxySelector.ofThisProcess(),
        UpgradeSettings.of(System.getenv()),
        proxyAsGiven);
  }

  /** What was found of the cluster's join services. */
  JoinServices joinServices() {
    return joinServices;
  }

  /** Makes connections. */
  public Dialer dialer() {
    return dialer;
  }

  /** Which HTTP proxies HTTP clients go through. */
  public ProxySelector proxies() {
    return proxies;
  }

  /** The web API of a proxy, verified by the web roots. It passes load balancers as it is. */
  WebApi web(HostPort proxy) {
    return new WebApi(proxy, webTls(proxy), proxies);
  }

  /**
   * To a proxy's join service, verified by the web roots; within an upgraded connection, which they
   * have verified, by what a member of a cluster shows.
   */
  public JoinChannel joining(HostPort proxy, FoundCluster found) {
    TrustManager[] member = {new AnyMember()};
    AuthRoute.Means means =
        new AuthRoute.Means(
            dialer,
            Optional.of(PinnedTls.context(AuthRoute.ANY_CLUSTER, new KeyManager[0], member)),
            Optional.empty());
    return new JoinChannel(
        AuthRoute.joiningAtProxy(proxy, upgrade(proxy, found), means), webTls(proxy));
  }

  private SSLContext webTls(HostPort proxy) {
    TrustManager[] roots = {webRoots};
    return PinnedTls.context(proxy.host(), new KeyManager[0], roots);
  }

  /** What a proxy says of itself; blocks. */
  FoundCluster find(WebApi web) {
    return web.find(proxyAsGiven);
  }

  /** To the auth service, by a proxy's web port. */
  AuthRoute auth(HostPort proxy, FoundCluster found, String cluster) {
    return AuthRoute.throughProxy(
        proxy,
        cluster,
        upgrade(proxy, found),
        new AuthRoute.Means(dialer, Optional.empty(), tunnel(found)));
  }

  /** Proxies with listeners of their own may pass nobody on at the web port, but by SSH. */
  public Optional<AuthTunnel> tunnel(FoundCluster found) {
    return found
        .tunnel()
        .map(address -> sshTunnels.computeIfAbsent(address, at -> new AuthTunnel(at, dialer)));
  }

  /** How to get through a load balancer before a proxy, where one may be. */
  public Optional<ConnectionUpgrade> upgrade(FoundCluster found) {
    return upgrade(found.web(), found);
  }

  /**
   * How Kubernetes is reached.
   *
   * @param endpoint where, and the name to send and to verify
   * @param upgrade how to get through a load balancer that ends TLS, where one may be in between
   */
  public record Kubernetes(KubernetesEndpoint endpoint, Optional<ConnectionUpgrade> upgrade) {}

  /** To Kubernetes, where the proxy takes such requests. */
  public Optional<Kubernetes> kubernetes(FoundCluster found) {
    return found.kubernetes().map(endpoint -> new Kubernetes(endpoint, upgrade(found)));
  }

  /**
   * To Kubernetes, as {@link #kubernetes}, and by {@link #kubernetesProxies()} from now on. Whether
   * connections have to be upgraded is found out with the first, where the way to the auth service
   * has not shown it.
   */
  public Optional<KubernetesEndpoint> settleKubernetes(FoundCluster found) {
    Optional<Kubernetes> way = kubernetes(found);
    kubernetesUpgrade = way.flatMap(Kubernetes::upgrade);
    return way.map(Kubernetes::endpoint);
  }

  /** What clients of Kubernetes go through: HTTP proxies, or a tunnel of this process. */
  public ProxySelector kubernetesProxies() {
    return tunnels;
  }

  /** Ends the tunnels. */
  @Override
  public void close() {
    tunnels.close();
    proxies.close();
  }

  /** A port of its own needs none: whoever balances that one passes TLS on, or cannot serve it. */
  private Optional<ConnectionUpgrade> upgrade(HostPort proxy, FoundCluster found) {
    return found.tlsRouting()
        ? Optional.of(upgrades.computeIfAbsent(proxy, this::newUpgrade))
        : Optional.empty();
  }

  private ConnectionUpgrade newUpgrade(HostPort proxy) {
    return new ConnectionUpgrade(proxy, webRoots, dialer, upgradeSettings);
  }
}
