package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testing.SoftwareTpm;
import io.machineid.testing.TpmMaker;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TpmIdentityTest {

  private static final KeyPair KEY = SoftwareTpm.newKey();
  private static final KeyPair NAMED_OTHERWISE = SoftwareTpm.newKey();

  @Test
  void hash_isThatOfThePlainKey_whereThatIsKnown() throws Exception {
    byte[] certificate =
        new TpmMaker("maker")
            .certificate(NAMED_OTHERWISE.getPublic(), BigInteger.valueOf(0x8123))
            .getEncoded();
    TpmAttestation certified = new SoftwareTpm(KEY, Optional.of(certificate)).attest();
    byte[] key = KEY.getPublic().getEncoded();

    assertThat(TpmIdentity.describe(certified.key(key)))
        .isEqualTo("ek_public_hash " + SoftwareTpm.hash(KEY) + ", ek_certificate_serial 81:23");
    assertThat(TpmIdentity.describe(certified))
        .isEqualTo(
            "ek_public_hash "
                + SoftwareTpm.hash(NAMED_OTHERWISE)
                + ", ek_certificate_serial 81:23");
    assertThat(TpmIdentity.describe(certified.certificate(new byte[9]).key(key)))
        .isEqualTo(
            "ek_public_hash " + SoftwareTpm.hash(KEY) + ", an EK certificate that cannot be read");
  }
}
