package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.ClientTrust;
import io.machineid.testkit.internal.pki.HostServers;
import io.machineid.testkit.internal.pki.ServerIdentity;
import io.machineid.testkit.internal.state.Connection.Service;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/**
 * How each service ends TLS. Each has sessions of its own: nobody resumes at one what was begun at
 * another.
 */
public final class TlsContexts {

  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
  private static final char[] NO_PASSWORD = new char[0];

  private final Authorities authorities;
  private final ClientTrust trust;
  private volatile Map<Service, SSLContext> contexts;
  private volatile SSLContext within;

  TlsContexts(Authorities authorities, ClientTrust trust) {
    this.authorities = authorities;
    this.trust = trust;
    contexts = contexts();
    within = within();
  }

  /** New connections meet what the servers show now, and no old session. */
  void refresh() {
    contexts = contexts();
    within = within();
  }

  /** Of what only the cluster's own programs speak, within an upgraded connection. */
  private SSLContext within() {
    return context(authorities.servers().proxy(), trust);
  }

  private Map<Service, SSLContext> contexts() {
    HostServers servers = authorities.servers();
    ServerIdentity web = authorities.web().server();
    return Map.of(
        Service.AUTH, context(servers.auth(), trust),
        Service.KUBERNETES, context(servers.proxy(), trust),
        Service.KUBERNETES_AGENT, context(servers.kubernetesAgent(), trust),
        Service.WEB, context(web, trust),
        Service.LOAD_BALANCER, context(web, trust),
        Service.JOINING, context(web, trust),
        Service.TUNNEL, context(web, trust));
  }

  /** A new connection's engine. */
  SSLEngine engine(Service service) {
    return engine(service, Objects.requireNonNull(contexts.get(service)));
  }

  /** That of a connection within another, where no web certificate is shown for the cluster's. */
  SSLEngine engineWithin(Service service) {
    return service == Service.JOINING || service == Service.TUNNEL
        ? engine(service, within)
        : engine(service);
  }

  private static SSLEngine engine(Service service, SSLContext context) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(VERSIONS);
    engine.setWantClientAuth(service != Service.LOAD_BALANCER);
    engine.setHandshakeApplicationProtocolSelector(
        (ignored, offered) -> Routing.choose(service, offered));
    return engine;
  }

  /** For a server that asks nobody who they are. */
  public static SSLContext server(ServerIdentity identity) {
    return context(identity);
  }

  private static SSLContext context(ServerIdentity identity, TrustManager... trust) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server",
          identity.privateKey(),
          NO_PASSWORD,
          identity.chain().toArray(X509Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this Java runtime cannot serve TLS as the cluster does", e);
    }
  }
}
