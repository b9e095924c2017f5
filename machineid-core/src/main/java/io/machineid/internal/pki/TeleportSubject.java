package io.machineid.internal.pki;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * The subject of a certificate that a Teleport cluster issued, read attribute by attribute from its
 * DER: text forms of names reorder and merge them.
 */
public final class TeleportSubject {

  private static final String COMMON_NAME = "2.5.4.3";
  private static final String LOCALITY = "2.5.4.7";
  private static final String STREET = "2.5.4.9";
  private static final String ORGANIZATION = "2.5.4.10";
  private static final String KUBERNETES_CLUSTER = "1.3.9999.1.3";
  private static final String TELEPORT_CLUSTER = "1.3.9999.1.7";
  private static final String RENEWABLE = "1.3.9999.1.13";
  private static final String GENERATION = "1.3.9999.1.14";
  private static final String DISALLOW_REISSUE = "1.3.9999.2.9";
  private static final String BOT_NAME = "1.3.9999.2.18";
  private static final String BOT_INSTANCE_ID = "1.3.9999.2.20";

  private final Map<String, List<String>> attributes;
  private final String issuerOrganization;

  private TeleportSubject(Map<String, List<String>> attributes, String issuerOrganization) {
    this.attributes = attributes;
    this.issuerOrganization = issuerOrganization;
  }

  /**
   * Reads the subject of a certificate.
   *
   * @throws IllegalArgumentException when it lacks what every Teleport certificate has
   */
  public static TeleportSubject of(X509Certificate certificate) {
    Map<String, List<String>> subject =
        attributes(certificate.getSubjectX500Principal().getEncoded());
    Map<String, List<String>> issuer =
        attributes(certificate.getIssuerX500Principal().getEncoded());
    TeleportSubject result =
        new TeleportSubject(subject, issuer.getOrDefault(ORGANIZATION, List.of("")).get(0));
    if (result.all(COMMON_NAME).isEmpty() || result.all(ORGANIZATION).isEmpty()) {
      throw new IllegalArgumentException(
          "it is not a Teleport certificate: no user (CN) or no role (O)");
    }
    return result;
  }

  private static Map<String, List<String>> attributes(byte[] name) {
    Map<String, List<String>> result = new LinkedHashMap<>();
    for (RDN rdn : X500Name.getInstance(name).getRDNs()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getValue() instanceof ASN1String value) {
          result
              .computeIfAbsent(attribute.getType().getId(), type -> new ArrayList<>())
              .add(value.getString());
        }
      }
    }
    return result;
  }

  private List<String> all(String type) {
    return List.copyOf(attributes.getOrDefault(type, List.of()));
  }

  private Optional<String> first(String type) {
    return all(type).stream().findFirst();
  }

  /** The user: {@code bot-} and the bot's name. */
  public String user() {
    return all(COMMON_NAME).get(0);
  }

  /** The roles that the certificate holds. */
  public List<String> roles() {
    return all(ORGANIZATION);
  }

  /** The SSH logins. */
  public List<String> principals() {
    return all(LOCALITY);
  }

  /** The cluster that issued it. */
  public String cluster() {
    return first(TELEPORT_CLUSTER).orElse(issuerOrganization);
  }

  /** The cluster that requests are routed to. */
  public Optional<String> routeToCluster() {
    return first(STREET).filter(value -> !value.isEmpty());
  }

  /** The Kubernetes cluster that it is for. */
  public Optional<String> kubernetesCluster() {
    return first(KUBERNETES_CLUSTER);
  }

  /** Whether it may be renewed with itself, as the method {@code token} grants. */
  public boolean renewable() {
    return first(RENEWABLE).filter("true"::equals).isPresent();
  }

  /** Whether its holder may not ask for others with it. */
  public boolean disallowsReissue() {
    return first(DISALLOW_REISSUE).filter("true"::equals).isPresent();
  }

  /** How often the identity was renewed, as counted by the cluster. */
  public Optional<Long> generation() {
    return first(GENERATION).map(TeleportSubject::number);
  }

  private static Long number(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the generation in the certificate is not a number", e);
    }
  }

  /** The bot's name. */
  public Optional<String> botName() {
    return first(BOT_NAME);
  }

  /** The instance of the bot, where the cluster keeps instances. */
  public Optional<String> botInstanceId() {
    return first(BOT_INSTANCE_ID);
  }
}
