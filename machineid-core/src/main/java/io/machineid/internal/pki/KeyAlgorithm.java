package io.machineid.internal.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Set;

/** The kinds of key that Teleport issues certificates for and that this library makes. */
public enum KeyAlgorithm {
  /** Cheap, and accepted from Teleport 16 on. */
  ECDSA_P256,
  /** For clusters of the {@code legacy} suite, and for servers that refuse anything else. */
  RSA_2048;

  private static final Set<String> LEGACY =
      Set.of("legacy", "SIGNATURE_ALGORITHM_SUITE_LEGACY", "1");

  /** Makes a new key pair: well below a millisecond for ECDSA, some hundred for RSA. */
  public KeyPair generate() {
    try {
      return generator().generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make " + this + " keys", e);
    }
  }

  private KeyPairGenerator generator() throws GeneralSecurityException {
    KeyPairGenerator generator =
        switch (this) {
          case ECDSA_P256 -> KeyPairGenerator.getInstance("EC");
          case RSA_2048 -> KeyPairGenerator.getInstance("RSA");
        };
    switch (this) {
      case ECDSA_P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
      case RSA_2048 -> generator.initialize(2048);
    }
    return generator;
  }

  /**
   * The algorithm of a signature suite.
   *
   * @param suite its name, the name of its enum value, or the number of that
   */
  public static KeyAlgorithm ofSuite(String suite) {
    return LEGACY.contains(suite) ? RSA_2048 : ECDSA_P256;
  }
}
