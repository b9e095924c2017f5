package io.machineid.testkit.internal.pki;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** A {@link TlsIdentity} to and from the subject of a certificate. */
final class TlsSubject {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, List<String>>> TRAITS = new TypeReference<>() {};

  private static final ASN1ObjectIdentifier TELEPORT = new ASN1ObjectIdentifier("1.3.9999");
  private static final ASN1ObjectIdentifier KUBERNETES_USER = TELEPORT.branch("1.1");
  private static final ASN1ObjectIdentifier KUBERNETES_GROUP = TELEPORT.branch("1.2");
  private static final ASN1ObjectIdentifier KUBERNETES_CLUSTER = TELEPORT.branch("1.3");
  private static final ASN1ObjectIdentifier CLUSTER = TELEPORT.branch("1.7");
  private static final ASN1ObjectIdentifier LOGIN_IP = TELEPORT.branch("1.9");
  private static final ASN1ObjectIdentifier RENEWABLE = TELEPORT.branch("1.13");
  private static final ASN1ObjectIdentifier GENERATION = TELEPORT.branch("1.14");
  private static final ASN1ObjectIdentifier KEY_POLICY = TELEPORT.branch("1.15");
  private static final ASN1ObjectIdentifier IMPERSONATOR = TELEPORT.branch("2.7");
  private static final ASN1ObjectIdentifier DISALLOW_REISSUE = TELEPORT.branch("2.9");
  private static final ASN1ObjectIdentifier BOT_NAME = TELEPORT.branch("2.18");
  private static final ASN1ObjectIdentifier BOT_INSTANCE_ID = TELEPORT.branch("2.20");

  private TlsSubject() {}

  static TlsIdentity decode(X500Name subject) {
    Map<ASN1ObjectIdentifier, List<String>> values = values(subject);
    if (all(values, BCStyle.CN).isEmpty() || all(values, BCStyle.O).isEmpty()) {
      throw new IllegalArgumentException(
          "not a Teleport certificate: no CN or no O in its subject");
    }
    return new TlsIdentity(
        all(values, BCStyle.L),
        one(values, BCStyle.STREET).orElse(""),
        traits(one(values, BCStyle.POSTAL_CODE).orElse("null")),
        all(values, BCStyle.O),
        all(values, BCStyle.OU),
        all(values, BCStyle.CN).get(0),
        all(values, KUBERNETES_USER),
        all(values, KUBERNETES_GROUP),
        one(values, KUBERNETES_CLUSTER),
        one(values, CLUSTER),
        one(values, LOGIN_IP),
        flag(values, RENEWABLE),
        generation(values),
        one(values, KEY_POLICY),
        one(values, IMPERSONATOR),
        flag(values, DISALLOW_REISSUE),
        one(values, BOT_NAME),
        one(values, BOT_INSTANCE_ID));
  }

  static X500Name encode(TlsIdentity identity) {
    List<RDN> names = new ArrayList<>();
    addSet(names, BCStyle.L, identity.principals());
    names.add(rdn(BCStyle.STREET, identity.routeToCluster()));
    names.add(rdn(BCStyle.POSTAL_CODE, json(identity.traits())));
    addSet(names, BCStyle.O, identity.roles());
    addSet(names, BCStyle.OU, identity.usage());
    names.add(rdn(BCStyle.CN, identity.user()));
    addFlag(names, RENEWABLE, identity.renewable());
    identity.kubernetesUsers().forEach(user -> names.add(rdn(KUBERNETES_USER, user)));
    identity.kubernetesGroups().forEach(group -> names.add(rdn(KUBERNETES_GROUP, group)));
    add(names, KUBERNETES_CLUSTER, identity.kubernetesCluster());
    add(names, CLUSTER, identity.teleportCluster());
    add(names, LOGIN_IP, identity.loginIp());
    add(names, IMPERSONATOR, identity.impersonator());
    addFlag(names, DISALLOW_REISSUE, identity.disallowReissue());
    identity.generation().ifPresent(number -> names.add(rdn(GENERATION, Long.toString(number))));
    add(names, BOT_NAME, identity.botName());
    add(names, BOT_INSTANCE_ID, identity.botInstanceId());
    add(names, KEY_POLICY, identity.privateKeyPolicy());
    return new X500Name(names.toArray(RDN[]::new));
  }

  static RDN rdn(ASN1ObjectIdentifier type, String value) {
    return new RDN(attribute(type, value));
  }

  private static void addSet(List<RDN> names, ASN1ObjectIdentifier type, List<String> values) {
    if (!values.isEmpty()) {
      names.add(
          new RDN(
              values.stream()
                  .map(value -> attribute(type, value))
                  .toArray(AttributeTypeAndValue[]::new)));
    }
  }

  private static void add(List<RDN> names, ASN1ObjectIdentifier type, Optional<String> value) {
    value.ifPresent(text -> names.add(rdn(type, text)));
  }

  private static void addFlag(List<RDN> names, ASN1ObjectIdentifier type, boolean value) {
    if (value) {
      names.add(rdn(type, "true"));
    }
  }

  private static AttributeTypeAndValue attribute(ASN1ObjectIdentifier type, String value) {
    return new AttributeTypeAndValue(
        type,
        DERPrintableString.isPrintableString(value)
            ? new DERPrintableString(value)
            : new DERUTF8String(value));
  }

  private static Map<ASN1ObjectIdentifier, List<String>> values(X500Name subject) {
    Map<ASN1ObjectIdentifier, List<String>> values = new LinkedHashMap<>();
    for (RDN rdn : subject.getRDNs()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getValue() instanceof ASN1String text) {
          values
              .computeIfAbsent(attribute.getType(), type -> new ArrayList<>())
              .add(text.getString());
        }
      }
    }
    return values;
  }

  private static List<String> all(
      Map<ASN1ObjectIdentifier, List<String>> values, ASN1ObjectIdentifier type) {
    return values.getOrDefault(type, List.of());
  }

  private static Optional<String> one(
      Map<ASN1ObjectIdentifier, List<String>> values, ASN1ObjectIdentifier type) {
    return all(values, type).stream().findFirst();
  }

  private static boolean flag(
      Map<ASN1ObjectIdentifier, List<String>> values, ASN1ObjectIdentifier type) {
    return one(values, type).filter("true"::equals).isPresent();
  }

  private static OptionalLong generation(Map<ASN1ObjectIdentifier, List<String>> values) {
    return one(values, GENERATION).stream().mapToLong(Long::parseLong).findFirst();
  }

  private static Map<String, List<String>> traits(String json) {
    try {
      Map<String, List<String>> traits = JSON.readValue(json, TRAITS);
      return traits == null ? Map.of() : traits;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a Teleport certificate: its traits are not JSON", e);
    }
  }

  private static String json(Map<String, List<String>> traits) {
    try {
      return traits.isEmpty() ? "null" : JSON.writeValueAsString(traits);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("traits as JSON", e);
    }
  }
}
