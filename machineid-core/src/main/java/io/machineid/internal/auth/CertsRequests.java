package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.machineid.internal.auth.AuthClient.Order;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.SshKeys;
import io.machineid.wire.auth.UserCertsRequest;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;

/** Requests for certificates, in the form that a version of Teleport reads. */
final class CertsRequests {

  private static final int SPLIT_KEYS_SINCE = 17;

  private CertsRequests() {}

  /**
   * A request.
   *
   * @param key for the SSH and the TLS certificate
   * @param major the first number of the server's version: up to 16 it takes one key for both, from
   *     17 on one for each. Where it is not known both forms are in the request
   */
  static UserCertsRequest of(Order order, PublicKey key, Optional<Integer> major) {
    UserCertsRequest.Builder request =
        UserCertsRequest.newBuilder()
            .setUsername(order.user())
            .setExpires(timestamp(order.expires()))
            .addAllRoleRequests(order.roles())
            .setUseRoleRequests(!order.roles().isEmpty())
            .setRouteToCluster(order.cluster())
            .setKubernetesCluster(order.kubernetesCluster())
            .setReissuableRoleImpersonation(order.reissuable());
    ByteString ssh = ByteString.copyFromUtf8(SshKeys.authorizedKey(key));
    if (major.filter(version -> version >= SPLIT_KEYS_SINCE).isEmpty()) {
      request.setPublicKey(ssh);
    }
    if (major.filter(version -> version < SPLIT_KEYS_SINCE).isEmpty()) {
      request.setSshPublicKey(ssh).setTlsPublicKey(ByteString.copyFromUtf8(Pem.publicKey(key)));
    }
    return request.build();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
