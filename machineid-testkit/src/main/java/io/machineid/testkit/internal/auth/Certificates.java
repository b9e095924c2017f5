package io.machineid.testkit.internal.auth;

import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.AuthorityType;
import io.machineid.testkit.internal.pki.CertificateAuthority;
import io.machineid.testkit.internal.pki.Pem;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.pki.UserCertificates;
import io.machineid.wire.auth.Certs;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Certificates in the form that clients get them. */
final class Certificates {

  private final Authorities authorities;
  private final UserCertificates issuer;

  Certificates(Authorities authorities, UserCertificates issuer) {
    this.authorities = authorities;
    this.issuer = issuer;
  }

  /** For a bot itself: with the user and the host authority. */
  Certs forBot(TlsIdentity identity, RequestedKeys keys, Instant notAfter) {
    return issue(identity, keys, notAfter, List.of(AuthorityType.USER, AuthorityType.HOST));
  }

  /** For an output: with the user authority only. */
  Certs forOutput(TlsIdentity identity, RequestedKeys keys, Instant notAfter) {
    return issue(identity, keys, notAfter, List.of(AuthorityType.USER));
  }

  private Certs issue(
      TlsIdentity identity, RequestedKeys keys, Instant notAfter, List<AuthorityType> with) {
    Certs.Builder certs = Certs.newBuilder();
    keys.ssh()
        .map(key -> issuer.ssh(identity, key, notAfter))
        .ifPresent(line -> certs.setSsh(text(line)));
    keys.tls()
        .map(key -> issuer.tls(identity, key, notAfter))
        .ifPresent(certificate -> certs.setTls(text(Pem.certificate(certificate))));
    return certs
        .addAllTlsCaCerts(trusted(with).map(ca -> text(Pem.certificate(ca.certificate()))).toList())
        .addAllSshCaCerts(
            trusted(with)
                .map(CertificateAuthority::sshLine)
                .flatMap(Optional::stream)
                .map(Certificates::text)
                .toList())
        .build();
  }

  private Stream<CertificateAuthority> trusted(List<AuthorityType> types) {
    return types.stream().flatMap(type -> authorities.trusted(type).stream());
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
