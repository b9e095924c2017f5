package io.machineid;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the cluster's proxy takes Kubernetes requests.
 *
 * @param server the base address, {@code https://host:port}; with a path where the proxy tells
 *     clusters apart by it, and then all requests go below that path
 * @param serverName the name to send as SNI and to verify instead of the address's host; empty
 *     where the proxy has a listener of its own for Kubernetes
 */
public record KubernetesEndpoint(URI server, Optional<String> serverName) {

  /**
   * Checks.
   *
   * @param server component {@code server}
   * @param serverName component {@code serverName}
   */
  public KubernetesEndpoint {
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(serverName, "serverName");
  }

  /**
   * The name that SNI carries and that the server's certificate must have.
   *
   * @return the server name, or the address's host where there is none
   */
  public String verifiedName() {
    return serverName.orElseGet(server::getHost);
  }
}
