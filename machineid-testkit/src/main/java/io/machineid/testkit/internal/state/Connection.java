package io.machineid.testkit.internal.state;

import io.machineid.testkit.ClientCertificate;
import io.machineid.testkit.internal.pki.TlsIdentity;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * A TLS connection after its handshake.
 *
 * @param number counted from one
 * @param service where it was routed
 * @param serverName what the client called the server
 * @param offered the protocols that the client offered, in order
 * @param protocol the one that was chosen; empty for none
 * @param peerChain the client's certificates
 * @param remote the client's address
 */
public record Connection(
    int number,
    Service service,
    Optional<String> serverName,
    List<String> offered,
    String protocol,
    List<X509Certificate> peerChain,
    InetSocketAddress remote) {

  /** Who it is, where a certificate says so. */
  public Optional<TlsIdentity> identity() {
    return peerChain.stream().findFirst().map(TlsIdentity::decode);
  }

  /** The user of the certificate. */
  public Optional<String> user() {
    return identity().map(TlsIdentity::user);
  }

  /** The certificate, as records show it. */
  public Optional<ClientCertificate> certificate() {
    return peerChain.stream()
        .findFirst()
        .map(
            leaf ->
                new ClientCertificate(
                    leaf.getSerialNumber(),
                    leaf.getNotBefore().toInstant(),
                    leaf.getNotAfter().toInstant(),
                    TlsIdentity.decode(leaf).generation()));
  }

  /** The client's address without its port. */
  public String remoteIp() {
    return remote.getAddress().getHostAddress();
  }

  /** Where connections go. */
  public enum Service {
    /** The auth service: gRPC, or its JSON API. */
    AUTH,
    /** The proxy's Kubernetes side. */
    KUBERNETES,
    /** A Kubernetes agent, through a relay. */
    KUBERNETES_AGENT,
    /** The proxy's web API. */
    WEB,
    /** The same, through a load balancer that ends TLS. */
    LOAD_BALANCER,
    /** The proxy's gRPC for those who have no certificate yet: the join service. */
    JOINING,
    /** The proxy's SSH tunnel, of which only the door is there. */
    TUNNEL
  }
}
