package io.machineid.internal.keypair;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Reckons the public key of a private one: files often hold the latter alone. */
final class PublicHalf {

  private PublicHalf() {}

  static PublicKey of(PrivateKey key) throws GeneralSecurityException {
    try {
      byte[] encoded =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                  of(PrivateKeyFactory.createKey(key.getEncoded())))
              .getEncoded();
      String algorithm = key.getAlgorithm().equals("EdDSA") ? "Ed25519" : key.getAlgorithm();
      return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
    } catch (IOException | IllegalArgumentException e) {
      throw new GeneralSecurityException("the private key cannot be decoded");
    }
  }

  private static AsymmetricKeyParameter of(AsymmetricKeyParameter key)
      throws GeneralSecurityException {
    if (key instanceof Ed25519PrivateKeyParameters edwards) {
      return edwards.generatePublicKey();
    }
    if (key instanceof ECPrivateKeyParameters ec) {
      return new ECPublicKeyParameters(
          new FixedPointCombMultiplier().multiply(ec.getParameters().getG(), ec.getD()),
          ec.getParameters());
    }
    if (key instanceof RSAPrivateCrtKeyParameters rsa) {
      return new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
    }
    throw new GeneralSecurityException("the key is not Ed25519, ECDSA P-256 or RSA");
  }
}
