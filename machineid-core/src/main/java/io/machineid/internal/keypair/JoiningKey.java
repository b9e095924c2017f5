package io.machineid.internal.keypair;

import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.SshKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Set;

/**
 * A key pair that a token resource is, or may become, bound to.
 *
 * @param privateKey Ed25519, ECDSA P-256 or RSA
 * @param publicKey the same
 */
public record JoiningKey(PrivateKey privateKey, PublicKey publicKey) {

  private static final Set<String> FIPS_V1 =
      Set.of("3", "fips-v1", "SIGNATURE_ALGORITHM_SUITE_FIPS_V1");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /** How a kind of key signs: by RFC 7518 and RFC 8037. */
  private enum Algorithm {
    ED_DSA("EdDSA", "Ed25519"),
    ES256("ES256", "SHA256withECDSAinP1363Format"),
    RS256("RS256", "SHA256withRSA");

    private final String inHeader;
    private final String inJava;

    Algorithm(String inHeader, String inJava) {
      this.inHeader = inHeader;
      this.inJava = inJava;
    }
  }

  /**
   * Makes a new key pair.
   *
   * @param suite a signature suite, by its number or its name
   */
  static JoiningKey generate(String suite) {
    boolean fips = FIPS_V1.contains(suite);
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(fips ? "EC" : "Ed25519");
      if (fips) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      }
      KeyPair pair = generator.generateKeyPair();
      return new JoiningKey(pair.getPrivate(), pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make keys for joining", e);
    }
  }

  /**
   * Reads a private key as PEM. What it throws never quotes the text.
   *
   * @throws GeneralSecurityException when there is none that can be used
   */
  public static JoiningKey parse(String pem) throws GeneralSecurityException {
    PrivateKey key = Pem.parsePrivateKey(pem);
    JoiningKey result = new JoiningKey(key, PublicHalf.of(key));
    try {
      var unused = result.authorizedKey();
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("the key is not Ed25519, ECDSA P-256 or RSA");
    }
    return result;
  }

  String pem() {
    return Pem.privateKey(privateKey);
  }

  /** A line of an authorized_keys file, without the newline. */
  public String authorizedKey() {
    return SshKeys.authorizedKey(publicKey).strip();
  }

  /** Whether a line of an authorized_keys file, with a comment or without, is the public half. */
  public boolean is(String line) {
    String[] words = line.strip().split("\\s+", 3);
    String[] own = authorizedKey().split(" ", 2);
    return words.length >= 2 && words[0].equals(own[0]) && words[1].equals(own[1]);
  }

  /**
   * Signs a text just as it is.
   *
   * @return a compact JWS (RFC 7515)
   */
  public String sign(String payload) {
    Algorithm algorithm =
        switch (privateKey.getAlgorithm()) {
          case "RSA" -> Algorithm.RS256;
          case "EC" -> Algorithm.ES256;
          default -> Algorithm.ED_DSA;
        };
    String header = "{\"alg\":\"" + algorithm.inHeader + "\",\"typ\":\"JWT\"}";
    String input = encode(header) + "." + encode(payload);
    try {
      Signature signature = Signature.getInstance(algorithm.inJava);
      signature.initSign(privateKey);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot sign by " + algorithm, e);
    }
  }

  private static String encode(String text) {
    return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Nothing of the private key. */
  @Override
  public String toString() {
    return "JoiningKey[" + authorizedKey() + "]";
  }
}
