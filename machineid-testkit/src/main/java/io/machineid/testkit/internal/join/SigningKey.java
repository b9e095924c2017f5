package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.pki.RsaKeys;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

/**
 * A key that signs ID tokens (RFC 7515, RS256).
 *
 * @param id its name in the key set
 * @param pair the key
 */
record SigningKey(String id, KeyPair pair) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  static SigningKey generate() {
    return new SigningKey(UUID.randomUUID().toString(), RsaKeys.next());
  }

  /** The public half, as a key set has it (RFC 7517). */
  ObjectNode jwk() {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return JSON.createObjectNode()
        .put("kty", "RSA")
        .put("use", "sig")
        .put("alg", "RS256")
        .put("kid", id)
        .put("n", unsigned(key.getModulus()))
        .put("e", unsigned(key.getPublicExponent()));
  }

  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int start = bytes[0] == 0 ? 1 : 0;
    return BASE64.encodeToString(Arrays.copyOfRange(bytes, start, bytes.length));
  }

  /** A compact JWS. */
  String sign(String payload) {
    String header =
        JSON.createObjectNode().put("alg", "RS256").put("kid", id).put("typ", "JWT").toString();
    String input = encode(header) + "." + encode(payload);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(pair.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot sign with RSA", e);
    }
  }

  private static String encode(String text) {
    return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
