package io.machineid.testkit.internal.pki;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * What the subject of a Teleport certificate says, in the cluster's own reading of it.
 *
 * @param principals {@code L}: logins
 * @param routeToCluster {@code STREET}: the Teleport cluster that requests are for
 * @param traits {@code POSTALCODE}: JSON, {@code null} when empty
 * @param roles {@code O}: roles, or the system role of a server
 * @param usage {@code OU}: usage restrictions, mostly none
 * @param user {@code CN}
 * @param kubernetesUsers 1.3.9999.1.1
 * @param kubernetesGroups 1.3.9999.1.2
 * @param kubernetesCluster 1.3.9999.1.3
 * @param teleportCluster 1.3.9999.1.7
 * @param loginIp 1.3.9999.1.9
 * @param renewable 1.3.9999.1.13
 * @param generation 1.3.9999.1.14
 * @param privateKeyPolicy 1.3.9999.1.15
 * @param impersonator 1.3.9999.2.7
 * @param disallowReissue 1.3.9999.2.9
 * @param botName 1.3.9999.2.18
 * @param botInstanceId 1.3.9999.2.20
 */
public record TlsIdentity(
    List<String> principals,
    String routeToCluster,
    Map<String, List<String>> traits,
    List<String> roles,
    List<String> usage,
    String user,
    List<String> kubernetesUsers,
    List<String> kubernetesGroups,
    Optional<String> kubernetesCluster,
    Optional<String> teleportCluster,
    Optional<String> loginIp,
    boolean renewable,
    OptionalLong generation,
    Optional<String> privateKeyPolicy,
    Optional<String> impersonator,
    boolean disallowReissue,
    Optional<String> botName,
    Optional<String> botInstanceId) {

  /** Copies. */
  public TlsIdentity {
    principals = List.copyOf(principals);
    traits = Map.copyOf(traits);
    roles = List.copyOf(roles);
    usage = List.copyOf(usage);
    kubernetesUsers = List.copyOf(kubernetesUsers);
    kubernetesGroups = List.copyOf(kubernetesGroups);
  }

  /**
   * Reads the subject of a certificate.
   *
   * @throws IllegalArgumentException where it is not the subject of a Teleport certificate
   */
  public static TlsIdentity decode(X509Certificate certificate) {
    return TlsSubject.decode(
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()));
  }

  /** The same, whose holder may ask for other certificates with it. */
  public TlsIdentity allowingReissue() {
    return new TlsIdentity(
        principals,
        routeToCluster,
        traits,
        roles,
        usage,
        user,
        kubernetesUsers,
        kubernetesGroups,
        kubernetesCluster,
        teleportCluster,
        loginIp,
        renewable,
        generation,
        privateKeyPolicy,
        impersonator,
        false,
        botName,
        botInstanceId);
  }

  /** The subject that says this, laid out as the cluster does it. */
  public X500Name toSubject() {
    return TlsSubject.encode(this);
  }
}
