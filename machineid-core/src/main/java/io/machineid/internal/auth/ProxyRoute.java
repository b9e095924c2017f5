package io.machineid.internal.auth;

import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import io.machineid.tls.PinnedTls;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Through a proxy with TLS routing. Its web certificate is always verified. */
public final class ProxyRoute implements ClusterRoute {

  private final HostPort proxy;
  private final X509TrustManager roots;
  private final WebApi api;
  private volatile @Nullable FoundCluster found;

  /**
   * Makes the route; connects to nothing yet.
   *
   * @param proxy the proxy's web address
   * @param roots whom to trust for its web certificate
   */
  public ProxyRoute(HostPort proxy, X509TrustManager roots) {
    this.proxy = proxy;
    this.roots = roots;
    this.api = web(proxy, roots);
  }

  static WebApi web(HostPort proxy, X509TrustManager roots) {
    return new WebApi(
        proxy, PinnedTls.context(proxy.host(), new KeyManager[0], new TrustManager[] {roots}));
  }

  @Override
  public HostPort address() {
    return proxy;
  }

  private FoundCluster found() {
    FoundCluster known = found;
    if (known == null) {
      known = api.find();
      found = known;
    }
    return known;
  }

  @Override
  public Contact contact() {
    FoundCluster cluster = found();
    return new Contact(cluster.signatureSuite(), cluster.serverTime());
  }

  @Override
  public Optional<Instant> serverTime() {
    return api.find().serverTime();
  }

  @Override
  public IssuedCertificates join(JoinOrder order) throws KeyRefused {
    return new JoinClient(api, proxy, "/v1/webapi/host/credentials").join(order);
  }

  @Override
  public JoinChannel joinChannel() {
    return new JoinChannel(
        AuthRoute.joiningAtProxy(proxy),
        PinnedTls.context(proxy.host(), new KeyManager[0], new TrustManager[] {roots}));
  }

  @Override
  public AuthRoute auth(String cluster) {
    return AuthRoute.throughProxy(proxy, cluster);
  }

  @Override
  public FoundCluster proxy(AuthClient auth) {
    return found();
  }

  @Override
  public void close() {
    api.close();
  }
}
