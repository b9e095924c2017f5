package io.machineid.internal.lifecycle;

import io.machineid.BotIdentity;
import io.machineid.internal.auth.IssuedCertificates;
import io.machineid.internal.pki.TeleportSubject;
import io.machineid.internal.transport.SshIdentity;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * A bot's own identity: its key and what was issued for it.
 *
 * @param privateKey the key; a renewal keeps it, another join brings a new one
 * @param certificates what the cluster issued
 * @param subject the certificate's subject
 */
record Identity(PrivateKey privateKey, IssuedCertificates certificates, TeleportSubject subject) {

  private static final Duration BACK_DATING = Duration.ofMinutes(1);

  static Identity of(PrivateKey key, IssuedCertificates certificates) {
    return new Identity(key, certificates, TeleportSubject.of(certificates.tls()));
  }

  /** For SSH servers of the cluster. */
  SshIdentity ssh() {
    return new SshIdentity(privateKey, certificates.ssh(), certificates.sshAuthorities());
  }

  PublicKey publicKey() {
    return certificates.tls().getPublicKey();
  }

  Instant notAfter() {
    return certificates.tls().getNotAfter().toInstant();
  }

  /** When it was issued, on the server's clock: it dates certificates back by a minute. */
  Instant issuedAt() {
    return certificates.tls().getNotBefore().toInstant().plus(BACK_DATING);
  }

  /** For how long it was granted. */
  Duration life() {
    return Duration.between(issuedAt(), notAfter());
  }

  BotIdentity snapshot() {
    String prefix = "bot-";
    String user = subject.user();
    return new BotIdentity(
        subject.cluster(),
        subject.botName().orElse(user.startsWith(prefix) ? user.substring(prefix.length()) : user),
        user,
        subject.roles(),
        subject.renewable(),
        subject.generation().map(OptionalLong::of).orElse(OptionalLong.empty()),
        subject.botInstanceId(),
        certificates.tls().getNotBefore().toInstant(),
        notAfter(),
        certificates.tls());
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return snapshot().toString();
  }
}
