package io.machineid.testkit.internal.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.machineid.testkit.RotationPhase;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.AuthorityType;
import io.machineid.testkit.internal.pki.CertificateAuthority;
import io.machineid.testkit.internal.pki.Pem;
import io.machineid.testkit.internal.pki.RotatingAuthority;
import io.machineid.wire.types.CAKeySet;
import io.machineid.wire.types.CertAuthoritySpecV2;
import io.machineid.wire.types.CertAuthorityV2;
import io.machineid.wire.types.Metadata;
import io.machineid.wire.types.Rotation;
import io.machineid.wire.types.SSHKeyPair;
import io.machineid.wire.types.TLSKeyPair;
import java.util.List;
import java.util.Locale;

/** Certificate authorities as they travel: without their private keys. */
final class AuthorityMessages {

  private AuthorityMessages() {}

  static CertAuthorityV2 of(Authorities authorities, AuthorityType type) {
    RotatingAuthority authority = authorities.state(type);
    CertAuthoritySpecV2.Builder spec =
        CertAuthoritySpecV2.newBuilder()
            .setType(type.wireName())
            .setClusterName(authorities.clusterName())
            .setActiveKeys(keys(List.of(authority.active())))
            .setAdditionalTrustedKeys(keys(authority.additional()));
    if (authority.rotatedEver()) {
      spec.setRotation(rotation(authority));
    }
    return CertAuthorityV2.newBuilder()
        .setKind("cert_authority")
        .setSubKind(type.wireName())
        .setVersion("v2")
        .setMetadata(
            Metadata.newBuilder().setName(authorities.clusterName()).setNamespace("default"))
        .setSpec(spec)
        .build();
  }

  private static CAKeySet keys(List<CertificateAuthority> all) {
    CAKeySet.Builder keys = CAKeySet.newBuilder();
    for (CertificateAuthority authority : all) {
      keys.addTls(TLSKeyPair.newBuilder().setCert(text(Pem.certificate(authority.certificate()))));
      authority
          .sshLine()
          .ifPresent(line -> keys.addSsh(SSHKeyPair.newBuilder().setPublicKey(text(line))));
    }
    return keys.build();
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static Rotation rotation(RotatingAuthority authority) {
    Timestamp since = Timestamp.newBuilder().setSeconds(authority.since().getEpochSecond()).build();
    String phase = authority.phase().name().toLowerCase(Locale.ROOT);
    if (authority.phase() == RotationPhase.STANDBY) {
      return Rotation.newBuilder().setState(phase).setPhase(phase).setLastRotated(since).build();
    }
    return Rotation.newBuilder()
        .setState("in_progress")
        .setPhase(phase)
        .setMode("manual")
        .setStarted(since)
        .build();
  }
}
