package io.machineid.internal.auth;

import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.discovery.Versions;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Through a proxy's web port. Its web certificate is always verified. */
public final class ProxyRoute implements ClusterRoute {

  private final HostPort proxy;
  private final Routes routes;
  private final WebApi api;
  private volatile @Nullable FoundCluster found;

  /**
   * Makes the route; connects to nothing yet.
   *
   * @param proxy the proxy's web address
   * @param routes decides which way connections take
   */
  public ProxyRoute(HostPort proxy, Routes routes) {
    this.proxy = proxy;
    this.routes = routes;
    this.api = routes.web(proxy);
  }

  @Override
  public HostPort address() {
    return proxy;
  }

  private FoundCluster found() {
    FoundCluster known = found;
    if (known == null) {
      known = routes.find(api);
      found = known;
    }
    return known;
  }

  @Override
  public Contact contact() {
    FoundCluster cluster = found();
    return new Contact(cluster.signatureSuite(), cluster.serverTime(), Optional.of(cluster));
  }

  @Override
  public Optional<Instant> serverTime() {
    return api.find().serverTime();
  }

  @Override
  public IssuedCertificates join(JoinOrder order) throws KeyRefused {
    return new JoinClient(api::post, proxy, "/v1/webapi/host/credentials").join(order);
  }

  @Override
  public JoinChannel joinChannel() {
    return routes.joining(proxy, found());
  }

  @Override
  public Optional<Integer> serverMajor() {
    return Versions.major(found().serverVersion());
  }

  @Override
  public AuthRoute auth(String cluster) {
    return routes.auth(proxy, found(), cluster);
  }

  @Override
  public boolean isProxy() {
    return true;
  }

  @Override
  public Routes routes() {
    return routes;
  }

  @Override
  public FoundCluster proxy(AuthClient auth) {
    return found();
  }

  @Override
  public void close() {
    routes.close();
    api.close();
  }
}
