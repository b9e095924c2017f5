package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.Credential;
import io.machineid.testkit.RotationPhase;
import io.machineid.testkit.TestCluster;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Walks one authority through all phases, over and over, rollbacks included. */
final class AuthorityWalk {

  private static final List<RotationPhase> WAY =
      List.of(
          RotationPhase.INIT,
          RotationPhase.UPDATE_CLIENTS,
          RotationPhase.UPDATE_SERVERS,
          RotationPhase.STANDBY,
          RotationPhase.INIT,
          RotationPhase.UPDATE_CLIENTS,
          RotationPhase.ROLLBACK,
          RotationPhase.STANDBY,
          RotationPhase.INIT,
          RotationPhase.UPDATE_CLIENTS,
          RotationPhase.UPDATE_SERVERS,
          RotationPhase.ROLLBACK,
          RotationPhase.STANDBY,
          RotationPhase.INIT,
          RotationPhase.ROLLBACK,
          RotationPhase.STANDBY);

  /** Which authority. */
  enum Type {
    HOST,
    USER
  }

  private final Type type;
  private final TestCluster teleport;
  private final Bot bot;
  private final Supplier<List<Credential>> credentials;
  private int steps;
  private RotationPhase phase = RotationPhase.STANDBY;
  private long identityBefore;
  private boolean renewsIdentity;
  private X509Certificate signer;

  AuthorityWalk(Type type, TestCluster teleport, Bot bot, Supplier<List<Credential>> credentials) {
    this.type = type;
    this.teleport = teleport;
    this.bot = bot;
    this.credentials = credentials;
    this.signer = credentials.get().get(0).userAuthorities().get(0);
  }

  int steps() {
    return steps;
  }

  RotationPhase phase() {
    return phase;
  }

  /** Whether the next step cuts all connections. */
  boolean nextStepCuts() {
    return type == Type.HOST && next() != RotationPhase.INIT;
  }

  private RotationPhase next() {
    return WAY.get(steps % WAY.size());
  }

  /** Takes the next step. */
  void step() {
    RotationPhase from = phase;
    phase = next();
    steps++;
    identityBefore = identity();
    renewsIdentity =
        phase != RotationPhase.UPDATE_SERVERS
            && !(from == RotationPhase.INIT && phase == RotationPhase.ROLLBACK);
    if (type == Type.HOST) {
      teleport.rotateHostAuthority(phase);
    } else {
      teleport.rotateUserAuthority(phase);
    }
  }

  private long identity() {
    return bot.identity().generation().orElseThrow();
  }

  /** Whether the bot and its credentials have taken up the last step, as an admin waits for it. */
  boolean isFollowed() {
    if (steps == 0 || (renewsIdentity && identity() == identityBefore)) {
      return steps == 0;
    }
    return credentials.get().stream().allMatch(type == Type.HOST ? this::trusts : this::isSigned);
  }

  private boolean trusts(Credential credential) {
    return hashes(credential.hostAuthorities()).equals(hashes(hostAuthorities()));
  }

  private boolean isSigned(Credential credential) {
    List<X509Certificate> known = credential.userAuthorities();
    boolean swaps =
        renewsIdentity
            && (phase == RotationPhase.UPDATE_CLIENTS || phase == RotationPhase.ROLLBACK);
    if (known.size() != (phase == RotationPhase.STANDBY ? 1 : 2)
        || known.get(0).equals(signer) == swaps) {
      return false;
    }
    try {
      credential.certificate().verify(known.get(0).getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Notes who signs now; after {@link #isFollowed()}. */
  void settle() {
    signer = credentials.get().get(0).userAuthorities().get(0);
  }

  private Collection<X509Certificate> hostAuthorities() {
    try {
      byte[] pem = teleport.hostAuthorityPem().getBytes(StandardCharsets.US_ASCII);
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<Integer> hashes(Collection<X509Certificate> certificates) {
    Set<Integer> hashes = new HashSet<>();
    certificates.forEach(certificate -> hashes.add(certificate.hashCode()));
    return hashes;
  }
}
