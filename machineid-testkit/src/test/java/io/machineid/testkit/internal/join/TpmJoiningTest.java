package io.machineid.testkit.internal.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import io.machineid.testkit.PlainBot;
import io.machineid.testkit.internal.state.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a cluster believes of a TPM, with the words of one that nobody here has written. */
class TpmJoiningTest {

  private static final ByteString NOTHING = ByteString.EMPTY;
  private static final Properties SWTPM = read();

  private static Properties read() {
    Properties words = new Properties();
    try (InputStream in = TpmJoiningTest.class.getResourceAsStream("/tpm/swtpm.properties")) {
      words.load(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return words;
  }

  private static ByteString word(String name) {
    return hex(SWTPM.getProperty(name));
  }

  private static ByteString hex(String text) {
    return ByteString.copyFrom(HexFormat.of().parseHex(text));
  }

  private static TpmEvidence swtpm() {
    return new TpmEvidence(
        NOTHING,
        word("key"),
        word("publicArea"),
        word("creationData"),
        word("attestation"),
        word("signature"));
  }

  private static ProvisionToken token(String section) throws IOException {
    return new ProvisionToken(
        "example-token",
        "tpm",
        "example",
        Optional.empty(),
        new YAMLMapper().readTree("tpm: " + section));
  }

  private static TpmJoining begin(TpmEvidence evidence) throws IOException {
    return TpmJoining.begin(
        token("{allow: [{ek_public_hash: a}]}"), evidence, InstantSource.system());
  }

  private static void assertRefused(String words, TpmEvidence evidence) {
    assertThatThrownBy(() -> begin(evidence))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(words);
  }

  @Test
  void tpm_isBelieved_andSealedForItself() throws Exception {
    TpmSeal sealed = begin(swtpm()).sealed(swtpm());

    assertThat(sealed.credentialBlob().size()).isEqualTo(2 + 2 + 32 + 2 + 32);
    assertThat(sealed.secret().size()).isEqualTo(2 + 256);
    assertThat(begin(swtpm()).sealed(swtpm())).isNotEqualTo(sealed);
  }

  @Test
  void guess_isRefused() throws Exception {
    TpmJoining join = begin(swtpm());
    assertThatThrownBy(() -> join.solved(new byte[32]))
        .isInstanceOf(Refusal.class)
        .hasMessage("invalid credential activation solution");
  }

  @Test
  void endorsementKey_hasToBeOneOfRsa() {
    assertRefused("neither an EK certificate nor an EK public key", withKey(NOTHING));
    assertRefused("failed to decode the EK public key", withKey(hex("3000")));
    assertRefused(
        "failed to decode the EK public key",
        withKey(ByteString.copyFrom(PlainBot.newKey("EC").getPublic().getEncoded())));
    TpmEvidence swtpm = swtpm();
    assertRefused(
        "failed to decode the EK certificate",
        new TpmEvidence(
            hex("3000"),
            NOTHING,
            swtpm.publicArea(),
            swtpm.creationData(),
            swtpm.attestation(),
            swtpm.signature()));
  }

  private static TpmEvidence withKey(ByteString key) {
    TpmEvidence swtpm = swtpm();
    return new TpmEvidence(
        NOTHING,
        key,
        swtpm.publicArea(),
        swtpm.creationData(),
        swtpm.attestation(),
        swtpm.signature());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "publicArea   | 0001000b00050472 | 0023000b00050472 | not an RSA key named by SHA-256",
        "publicArea   | 0001000b00050472 | 0001000b00050470 | attestation key is exportable",
        "publicArea   | 0001000b00050472 | 0001000b00050452 | was not made by the TPM",
        "publicArea   | 0001000b00050472 | 0001000b00040472 | not a restricted signing key",
        "publicArea   | 0001000b00050472 | 0001000b00070472 | not a restricted signing key",
        "publicArea   | 0014000b0800     | 0014000b0400     | not one for RSASSA with SHA-256",
        "publicArea   | 0014000b0800     | 0016000b0800     | not one for RSASSA with SHA-256",
        "publicArea   | 00000010         | 00000006         | not one for signatures",
        "attestation  | ff544347         | ff544346         | was not produced by a TPM",
        "attestation  | ff544347801a     | ff5443478017     | does not apply to creation data",
        "creationData | 00000000         | 00000001         | different creation data",
        "signature    | 0014000b         | 0018000b         | is not signed by RSASSA",
        "signature    | 0014000b01008ac8 | 0014000b010000c8 | could not verify the signature",
      })
  void wordsThatWereChanged_areRefused(String which, String from, String to, String words) {
    assertRefused(
        words,
        with(
            which,
            word -> {
              String text = HexFormat.of().formatHex(word.toByteArray());
              assertThat(text).contains(from);
              return hex(text.replaceFirst(from, to));
            }));
  }

  @ParameterizedTest
  @CsvSource({"publicArea", "attestation", "signature"})
  void wordsThatEndTooSoonOrTooLate_areRefused(String which) {
    assertRefused("failed to decode", with(which, word -> word.substring(0, word.size() / 2)));
    if (!which.equals("signature")) {
      assertRefused("failed to decode", with(which, word -> word.concat(hex("00"))));
    }
    assertRefused("failed to decode", with(which, word -> NOTHING));
  }

  private static TpmEvidence with(String which, UnaryOperator<ByteString> change) {
    TpmEvidence swtpm = swtpm();
    return new TpmEvidence(
        NOTHING,
        swtpm.key(),
        changed(which, "publicArea", swtpm.publicArea(), change),
        changed(which, "creationData", swtpm.creationData(), change),
        changed(which, "attestation", swtpm.attestation(), change),
        changed(which, "signature", swtpm.signature(), change));
  }

  private static ByteString changed(
      String which, String name, ByteString word, UnaryOperator<ByteString> change) {
    return which.equals(name) ? change.apply(word) : word;
  }
}
