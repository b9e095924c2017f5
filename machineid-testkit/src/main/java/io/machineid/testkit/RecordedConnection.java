package io.machineid.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A TLS connection that a client opened and whose handshake was completed.
 *
 * @param number counted from one, in the order of the handshakes' beginnings
 * @param service where it was routed: {@code AUTH}, {@code KUBERNETES}, {@code WEB}, {@code
 *     TUNNEL}, or {@code LOAD_BALANCER} where that ended TLS; what is upgraded counts once more
 * @param serverName what the client called the server (SNI)
 * @param offeredProtocols what the client offered by ALPN, in its order
 * @param protocol what was chosen of it; empty for nothing
 * @param user the user of the client's certificate
 * @param certificate the client's certificate
 * @param at when, by the cluster's clock
 */
public record RecordedConnection(
    int number,
    String service,
    Optional<String> serverName,
    List<String> offeredProtocols,
    String protocol,
    Optional<String> user,
    Optional<ClientCertificate> certificate,
    Instant at) {

  /**
   * Copies.
   *
   * @param number component {@code number}
   * @param service component {@code service}
   * @param serverName component {@code serverName}
   * @param offeredProtocols component {@code offeredProtocols}
   * @param protocol component {@code protocol}
   * @param user component {@code user}
   * @param certificate component {@code certificate}
   * @param at component {@code at}
   */
  public RecordedConnection {
    offeredProtocols = List.copyOf(offeredProtocols);
  }
}
