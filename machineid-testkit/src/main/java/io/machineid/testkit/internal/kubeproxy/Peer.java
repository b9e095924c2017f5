package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.pki.TlsIdentity;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Whom the TLS handshake has shown at the other end of a connection. */
final class Peer {

  private final int certificates;
  private final Optional<TlsIdentity> identity;

  private Peer(int certificates, Optional<TlsIdentity> identity) {
    this.certificates = certificates;
    this.identity = identity;
  }

  static Peer of(List<X509Certificate> chain) {
    return new Peer(chain.size(), chain.stream().findFirst().flatMap(Peer::decode));
  }

  private static Optional<TlsIdentity> decode(X509Certificate certificate) {
    try {
      return Optional.of(TlsIdentity.decode(certificate));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The user's name; empty where there is none. */
  String user() {
    return identity.map(TlsIdentity::user).orElse("");
  }

  /** The Kubernetes cluster that the certificate is for; empty where there is none. */
  String kubernetesCluster() {
    return identity.flatMap(TlsIdentity::kubernetesCluster).orElse("");
  }

  /** Who it is; refuses whom a real proxy refuses. */
  TlsIdentity identity() {
    if (certificates > 1) {
      throw Refusal.webError(403, "access denied: intermediaries are not supported");
    }
    return identity.orElseThrow(() -> Refusal.text(500, "[00] access denied"));
  }
}
