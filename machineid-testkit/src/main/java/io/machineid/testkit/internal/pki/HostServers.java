package io.machineid.testkit.internal.pki;

/**
 * What the cluster's own servers show.
 *
 * @param signer the host authority that signed it
 * @param auth the auth service
 * @param proxy the proxy, for names inside the cluster
 * @param kubernetesAgent an agent that can be reached by a relay
 */
public record HostServers(
    CertificateAuthority signer,
    ServerIdentity auth,
    ServerIdentity proxy,
    ServerIdentity kubernetesAgent) {

  static HostServers signedBy(
      CertificateAuthority signer, ServerCertificates certificates, String publicHost) {
    return new HostServers(
        signer,
        certificates.auth(signer),
        certificates.proxy(signer, publicHost),
        certificates.kubernetesAgent(signer));
  }
}
