package io.machineid.testkit;

import java.time.Instant;
import java.util.Optional;

/**
 * A request that the cluster answered, or that its client gave up. Nothing secret is in it: no
 * bodies, no headers, no query.
 *
 * @param connection the number of its connection, see {@link RecordedConnection#number()}
 * @param service where it was routed: {@code AUTH}, {@code KUBERNETES}, {@code KUBERNETES_AGENT}
 *     (through a relay) or {@code WEB}
 * @param serverName what the client called the server (SNI)
 * @param protocol the connection's protocol by ALPN; empty for none
 * @param user the user of the client's certificate
 * @param certificate the client's certificate
 * @param method the HTTP method; {@code POST} for gRPC
 * @param path the path without its query; for gRPC {@code /<service>/<method>}
 * @param watch whether it asks Kubernetes for a watch
 * @param status the HTTP status as a number, or the gRPC status by name, such as {@code 200} or
 *     {@code PERMISSION_DENIED}; {@code CANCELLED} for a gRPC call, a watch above all, whose client
 *     or connection went away
 * @param arrived when it came, by the cluster's clock
 * @param at when it was answered, by the cluster's clock
 */
public record RecordedRequest(
    int connection,
    String service,
    Optional<String> serverName,
    String protocol,
    Optional<String> user,
    Optional<ClientCertificate> certificate,
    String method,
    String path,
    boolean watch,
    String status,
    Instant arrived,
    Instant at) {}
