package io.machineid.internal.auth;

import io.grpc.ManagedChannel;
import io.machineid.internal.transport.AuthChannels;
import io.machineid.internal.transport.AuthRoute;
import javax.net.ssl.SSLContext;

/**
 * How to reach the join service of a cluster, without a certificate.
 *
 * @param route the way
 * @param tls decides what is trusted and which name is verified
 */
public record JoinChannel(AuthRoute route, SSLContext tls) {

  /** A channel that connects when it is first used. */
  ManagedChannel open() {
    return AuthChannels.open(route, tls);
  }
}
