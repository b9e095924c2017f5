package io.machineid.testkit.internal.pki;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Issues the certificates, TLS and SSH, that a user or bot gets. Thread-safe. */
public final class UserCertificates {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration BACKDATED = Duration.ofMinutes(1);

  private final Authorities authorities;
  private final InstantSource clock;

  /** By the given authorities and time. */
  public UserCertificates(Authorities authorities, InstantSource clock) {
    this.authorities = authorities;
    this.clock = clock;
  }

  /** The X.509 certificate for a key until some time, which may be past. */
  public X509Certificate tls(TlsIdentity identity, PublicKey key, Instant notAfter) {
    return authorities
        .get(AuthorityType.USER)
        .issue(identity.toSubject(), key, clock.instant().minus(BACKDATED), notAfter);
  }

  /** The SSH certificate for a key until some time, which may be past: an authorized_keys line. */
  public String ssh(TlsIdentity identity, SshKey key, Instant notAfter) {
    return authorities
        .get(AuthorityType.USER)
        .issueSsh(
            key,
            new SshCertificate.Content(
                identity.user(),
                identity.principals(),
                clock.instant().minus(BACKDATED),
                notAfter,
                extensions(identity)));
  }

  private static SortedMap<String, String> extensions(TlsIdentity identity) {
    SortedMap<String, String> extensions = new TreeMap<>();
    extensions.put("permit-pty", "");
    extensions.put("permit-port-forwarding", "");
    identity.loginIp().ifPresent(ip -> extensions.put("login-ip", ip));
    identity.impersonator().ifPresent(user -> extensions.put("impersonator", user));
    if (identity.disallowReissue()) {
      extensions.put("disallow-reissue", "");
    }
    if (identity.renewable()) {
      extensions.put("renewable", "");
    }
    identity.generation().ifPresent(number -> extensions.put("generation", Long.toString(number)));
    identity.botName().ifPresent(name -> extensions.put("bot-name@goteleport.com", name));
    identity.privateKeyPolicy().ifPresent(policy -> extensions.put("private-key-policy", policy));
    extensions.put(
        "teleport-traits", identity.traits().isEmpty() ? "null" : json(identity.traits()));
    extensions.put("teleport-roles", roles(identity.roles()));
    extensions.put("teleport-route-to-cluster", identity.routeToCluster());
    return extensions;
  }

  private static String roles(List<String> roles) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("version", "v1");
    value.put("roles", roles);
    return json(value);
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an SSH extension as JSON", e);
    }
  }
}
