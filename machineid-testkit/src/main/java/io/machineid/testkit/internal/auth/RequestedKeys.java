package io.machineid.testkit.internal.auth;

import io.machineid.testkit.internal.pki.SshKey;
import io.machineid.testkit.internal.state.Refusal;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/**
 * The keys that certificates are wanted for.
 *
 * @param ssh for an SSH certificate, where one is wanted
 * @param tls for a TLS certificate, where one is wanted
 */
record RequestedKeys(Optional<SshKey> ssh, Optional<PublicKey> tls) {

  /** One for both, a line of authorized_keys. */
  static RequestedKeys both(String line) {
    SshKey key = ssh(line);
    return new RequestedKeys(Optional.of(key), Optional.of(key.publicKey()));
  }

  static SshKey ssh(String line) {
    try {
      return SshKey.parse(line);
    } catch (IllegalArgumentException e) {
      throw Refusal.other("ssh: no key found");
    }
  }

  /** A key in its PKIX form. */
  static PublicKey pkix(byte[] der) {
    for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        // of another kind, then
      }
    }
    throw Refusal.bad("failed to parse the public TLS key: it is no PKIX public key");
  }
}
