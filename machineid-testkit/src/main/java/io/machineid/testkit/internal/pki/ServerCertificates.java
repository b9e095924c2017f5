package io.machineid.testkit.internal.pki;

import io.machineid.testkit.internal.pki.CertificateAuthority.ServerNames;
import io.machineid.testkit.internal.pki.CertificateWriter.Validity;
import io.netty.util.NetUtil;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What the cluster's own servers show, signed by the host authority. */
final class ServerCertificates {

  private static final String INTERNAL = "teleport.cluster.local";
  private static final String KUBERNETES_PREFIX = "kube-teleport-proxy-alpn.";

  private final String clusterName;
  private final String hostId;
  private final Validity validity;

  ServerCertificates(String clusterName, String hostId, Validity validity) {
    this.clusterName = clusterName;
    this.hostId = hostId;
    this.validity = validity;
  }

  static boolean isAddress(String host) {
    return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
  }

  ServerIdentity auth(CertificateAuthority authority) {
    return issue(
        authority, "Admin", new ServerNames(List.of(node(), "*." + INTERNAL, INTERNAL), List.of()));
  }

  ServerIdentity proxy(CertificateAuthority authority, String publicHost) {
    Stream<String> publicNames =
        isAddress(publicHost)
            ? Stream.of()
            : Stream.of(publicHost, "*." + publicHost, KUBERNETES_PREFIX + publicHost);
    List<String> dnsNames =
        Stream.concat(
                publicNames,
                Stream.of(
                    node(),
                    "localhost",
                    "remote.kube.proxy." + INTERNAL,
                    KUBERNETES_PREFIX + INTERNAL,
                    "*." + INTERNAL,
                    INTERNAL))
            .distinct()
            .toList();
    List<String> addresses =
        Stream.of("127.0.0.1", "::1", publicHost)
            .filter(ServerCertificates::isAddress)
            .distinct()
            .toList();
    return issue(authority, "Proxy", new ServerNames(dnsNames, addresses));
  }

  ServerIdentity kubernetesAgent(CertificateAuthority authority) {
    return issue(
        authority,
        "Kube",
        new ServerNames(
            List.of(node(), "*.kuberelay." + INTERNAL, "*." + INTERNAL, INTERNAL), List.of()));
  }

  private ServerIdentity issue(
      CertificateAuthority authority, String systemRole, ServerNames names) {
    KeyPair key = Keys.ec();
    X509Certificate certificate =
        authority.issueServer(subject(systemRole), key.getPublic(), validity, names);
    return new ServerIdentity(key.getPrivate(), List.of(certificate));
  }

  private TlsIdentity subject(String systemRole) {
    return new TlsIdentity(
        List.of(),
        "",
        Map.of(),
        List.of(systemRole),
        List.of(),
        hostId + "." + clusterName,
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.of(clusterName),
        Optional.empty(),
        false,
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty());
  }

  private String node() {
    int dot = clusterName.indexOf('.');
    return dot > 0 ? clusterName.substring(0, dot) : clusterName;
  }
}
