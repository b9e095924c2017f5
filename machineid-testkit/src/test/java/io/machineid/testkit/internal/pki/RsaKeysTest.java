package io.machineid.testkit.internal.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RsaKeysTest {

  @Test
  void next_calledByManyAtOnce_givesEachAnotherKey() {
    List<KeyPair> keys =
        IntStream.range(0, 40).parallel().mapToObj(number -> RsaKeys.next()).toList();

    assertThat(keys)
        .extracting(key -> ((RSAPublicKey) key.getPublic()).getModulus())
        .doesNotHaveDuplicates();
    assertThat(keys)
        .allSatisfy(
            key -> {
              RSAPrivateCrtKey secret = (RSAPrivateCrtKey) key.getPrivate();
              assertThat(secret.getModulus().bitLength()).isEqualTo(2048);
              assertThat(secret.getPrimeP()).isNotEqualTo(secret.getPrimeQ());
              assertThat(signedAndVerified(key)).isTrue();
            });
  }

  @Test
  void next_needsFewPrimes() {
    long primes =
        Stream.generate(RsaKeys::next)
            .limit(30)
            .map(key -> (RSAPrivateCrtKey) key.getPrivate())
            .flatMap(key -> Stream.of(key.getPrimeP(), key.getPrimeQ()))
            .distinct()
            .count();

    assertThat(primes).isLessThan(60 / 2);
  }

  private static boolean signedAndVerified(KeyPair key) throws Exception {
    byte[] text = "what is signed".getBytes(StandardCharsets.UTF_8);
    Signature signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(key.getPrivate());
    signer.update(text);
    byte[] signature = signer.sign();
    signer.initVerify(key.getPublic());
    signer.update(text);
    return signer.verify(signature);
  }
}
