package io.machineid.internal.keypair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.testing.Keypairs;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and signatures, against values that `openssl` and `ssh-keygen` have made. */
class JoiningKeyTest {

  private static final String EC_KEY =
      """
      -----BEGIN EC PRIVATE KEY-----
      MHcCAQEEILbM7WGdofNdzWZIpZSsyYJTXqCnWXevwuZTx+IIfMTvoAoGCCqGSM49
      AwEHoUQDQgAETy08kf+Hd6T9BU0I+qOvDnVdv5/KKe5A/9GtB5Dl1Pdk67ILyWX+
      +GaE0H8FcvYiFJyk92nsXIqVLB0Ra/fR5g==
      -----END EC PRIVATE KEY-----
      """;

  private static final String EC_KEY_PKCS8 =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtsztYZ2h813NZkil
      lKzJglNeoKdZd6/C5lPH4gh8xO+hRANCAARPLTyR/4d3pP0FTQj6o68OdV2/n8op
      7kD/0a0HkOXU92TrsgvJZf74ZoTQfwVy9iIUnKT3aexcipUsHRFr99Hm
      -----END PRIVATE KEY-----
      """;

  private static final String EC_PUBLIC_KEY =
      "ecdsa-sha2-nistp256 "
          + "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBE8tPJH/h3ek/QVNCPqjrw51Xb+fyinuQP/RrQeQ5dT3ZOuyC8ll/vhmhNB/BXL2IhScpPdp7FyKlSwdEWv30eY=";

  @Test
  void ed25519_hasThePublicHalfAndTheSignatureOfOpenssl() throws Exception {
    JoiningKey key = JoiningKey.parse(Keypairs.PRIVATE_KEY);

    assertThat(key.authorizedKey()).isEqualTo(Keypairs.PUBLIC_KEY);
    assertThat(key.pem()).isEqualTo(Keypairs.PRIVATE_KEY);
    assertThat(key.sign("{\"nonce\":\"é\"}"))
        .isEqualTo(
            "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJub25jZSI6IsOpIn0"
                + ".jhYYy-JxJ5rYU7PN8fAN3tcUVqPU5m_QdYL7Crsl1hIOoN0BPqjWStITGOua2Z7H_7xK5OmOllI65_vkVL49Cw");
  }

  @ParameterizedTest
  @ValueSource(strings = {EC_KEY, EC_KEY_PKCS8})
  void p256_hasThePublicHalfOfSshKeygen_andSignsInTheFormOfJws(String pem) throws Exception {
    JoiningKey key = JoiningKey.parse(pem);

    assertThat(key.authorizedKey()).isEqualTo(EC_PUBLIC_KEY);
    String[] parts = key.sign("{}").split("\\.");
    assertThat(new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8))
        .isEqualTo("{\"alg\":\"ES256\",\"typ\":\"JWT\"}");
    assertThat(Base64.getUrlDecoder().decode(parts[2])).hasSize(64);
  }

  @Test
  void rsa_signsToo() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    JoiningKey key = JoiningKey.parse(new JoiningKey(pair.getPrivate(), pair.getPublic()).pem());
    assertThat(key.publicKey()).isEqualTo(pair.getPublic());

    String[] parts = key.sign("{}").split("\\.");
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(key.publicKey());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    assertThat(key.authorizedKey()).startsWith("ssh-rsa ");
  }

  @Test
  void newKeys_areOfTheKindThatTheSuiteWants() {
    assertThat(Stream.of("0", "1", "2", "4", "", "legacy", "balanced-v1", "hsm-v1"))
        .allMatch(suite -> JoiningKey.generate(suite).authorizedKey().startsWith("ssh-ed25519 "));
    assertThat(Stream.of("3", "fips-v1", "SIGNATURE_ALGORITHM_SUITE_FIPS_V1"))
        .allMatch(
            suite -> JoiningKey.generate(suite).authorizedKey().startsWith("ecdsa-sha2-nistp256 "));
  }

  @Test
  void otherKeys_areRefused_andNeverQuoted() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    KeyPair pair = generator.generateKeyPair();
    String large = new JoiningKey(pair.getPrivate(), pair.getPublic()).pem();

    assertThatThrownBy(() -> JoiningKey.parse(large))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessage("the key is not Ed25519, ECDSA P-256 or RSA");
    String cut = Keypairs.PRIVATE_KEY.replace("MC4CAQAwBQYDK2VwBCIEIJbf", "MC4CAQAwBQYDK2Vw");
    assertThatThrownBy(() -> JoiningKey.parse(cut)).isInstanceOf(GeneralSecurityException.class);
    assertThat(JoiningKey.parse(Keypairs.PRIVATE_KEY))
        .hasToString("JoiningKey[" + Keypairs.PUBLIC_KEY + "]");
  }

  @Test
  void publicKeys_areComparedAsKeys() throws Exception {
    JoiningKey key = JoiningKey.parse(Keypairs.PRIVATE_KEY);
    assertThat(key.is(Keypairs.PUBLIC_KEY + "  a comment\n")).isTrue();
    assertThat(key.is(EC_PUBLIC_KEY)).isFalse();
    assertThat(key.is("")).isFalse();
  }

  @Test
  void history_keepsTheNewestTen_inTbotsForm() throws Exception {
    KeyHistory history = KeyHistory.none();
    Instant time = Instant.parse("2026-01-02T03:04:05Z");
    JoiningKey oldest = JoiningKey.generate("balanced-v1");
    history = history.with(time, oldest);
    for (int more = 0; more < 9; more++) {
      history = history.with(time, JoiningKey.generate("balanced-v1"));
    }
    assertThat(history.find(oldest.authorizedKey())).isPresent();
    JoiningKey newest = JoiningKey.parse(Keypairs.PRIVATE_KEY);
    history = history.with(time, newest).with(time, newest);

    assertThat(history.entries()).hasSize(10);
    assertThat(history.find(oldest.authorizedKey())).isEmpty();
    assertThat(history.json())
        .startsWith(
            "{\"entries\":[{\"time\":\"2026-01-02T03:04:05Z\",\"private_key\":\"-----BEGIN PRIVATE KEY-----\\nMC4C");
    assertThat(KeyHistory.parse(history.json().getBytes(StandardCharsets.UTF_8)).json())
        .isEqualTo(history.json());
  }
}
