package io.machineid.kubernetes;

import io.machineid.ConfigException;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TunnelServer;
import io.machineid.internal.transport.UpgradeTunnels;
import java.io.IOException;
import java.net.ProxySelector;

/**
 * A port on loopback by which programs reach a Kubernetes cluster that cannot do it by themselves:
 * {@code kubectl}, Helm and others, where a load balancer ends TLS before Teleport's proxy. It is
 * an HTTP proxy that makes tunnels to Teleport alone, for who knows its secret, which is in {@link
 * #kubeconfig()}. Their TLS goes through it unseen, so that their own certificate counts; the
 * secret opens the way and grants nothing.
 *
 * <p>Each connection takes two threads. Thread-safe. Close it before the access.
 */
public final class KubernetesTunnel implements AutoCloseable {

  private static final int HIGHEST_PORT = 65_535;

  private final KubernetesAccess access;
  private final TunnelServer server;

  private KubernetesTunnel(KubernetesAccess access, TunnelServer server) {
    this.access = access;
    this.server = server;
  }

  /**
   * Opens a tunnel. Connects to nothing until somebody connects to it.
   *
   * @param access the cluster
   * @param port where to listen on loopback, 1 to 65535, or 0 for any free port
   * @return the tunnel, serving until it is closed
   * @throws ConfigException when the port is none, or cannot be had
   */
  public static KubernetesTunnel open(KubernetesAccess access, int port) {
    if (port < 0 || port > HIGHEST_PORT) {
      throw new ConfigException(
          "%d is no port: give one of 1 to %d, or 0 for any that is free"
              .formatted(port, HIGHEST_PORT),
          null);
    }
    ProxySelector proxies = access.generations().proxies();
    HostPort target = HostPort.parse(access.endpoint().server().getAuthority());
    try {
      return new KubernetesTunnel(
          access, new TunnelServer(target, any -> UpgradeTunnels.connect(proxies, any), port));
    } catch (IOException e) {
      throw new ConfigException(
          "the port %d on loopback cannot be had: %s. Give another one, or 0 for any that is free"
              .formatted(port, e.getMessage()),
          e);
    }
  }

  /**
   * Where it listens.
   *
   * @return the port on 127.0.0.1
   */
  public int port() {
    return server.address().getPort();
  }

  /**
   * A kubeconfig by way of this tunnel, with the current certificate and key inside: a snapshot
   * that ends with them, and with the tunnel. Programs have to know {@code proxy-url}, as kubectl
   * does since 1.19.
   *
   * @return the kubeconfig; it holds the tunnel's secret, too
   */
  public Kubeconfig kubeconfig() {
    return access.kubeconfig().withProxy(server.exposeUrl());
  }

  /** Ends all connections and the port. */
  @Override
  public void close() {
    server.close();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "KubernetesTunnel[127.0.0.1:" + port() + " to " + access.endpoint().server() + "]";
  }
}
