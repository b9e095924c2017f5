package io.machineid.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.DestinationException;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.destination.MemoryDestination;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.pki.Pem;
import io.machineid.testing.Golden;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityStoreTest {

  private final MemoryDestination files = Destination.memory();
  private final IdentityStore store = new IdentityStore(files);
  private final PrivateKey key = KeyAlgorithm.ECDSA_P256.generate().getPrivate();

  private static final List<String> NAMES =
      List.of("key.pub", "key-cert.pub", "tlscert", "tlscacerts", "sshcacerts", "tokenhash");

  /** What {@code tbot} stored, with a key of ours in place of the one that was taken out. */
  private void storeGolden() {
    FileSet.Builder set = FileSet.builder().addText("key", Pem.privateKey(key));
    NAMES.forEach(name -> set.add(name, Golden.bytes("storage/" + name)));
    files.write(set.build());
  }

  @Test
  void store_writtenByTbot_isReadWhole() {
    storeGolden();

    Identity identity = store.load().orElseThrow();

    assertThat(identity.subject().user()).startsWith("bot-");
    assertThat(identity.certificates().tlsAuthorities()).hasSize(2);
    assertThat(identity.certificates().sshAuthorities()).hasSize(2);
    assertThat(identity.privateKey()).isEqualTo(key);
  }

  @Test
  void store_writtenByUs_holdsTbotsBytes() {
    storeGolden();
    Identity identity = store.load().orElseThrow();
    MemoryDestination ours = Destination.memory();

    new IdentityStore(ours).saveJoined(identity, "a-token");

    for (String name : List.of("key.pub", "key-cert.pub", "tlscert", "tlscacerts", "sshcacerts")) {
      assertThat(text(ours, name)).as(name).isEqualTo(Golden.text("storage/" + name));
    }
    assertThat(text(ours, "tokenhash")).matches("[0-9a-f]{64}");
  }

  private static String text(Destination from, String name) {
    return new String(from.read(name).orElseThrow(), StandardCharsets.UTF_8);
  }

  @Test
  void store_withoutKey_countsAsEmpty() {
    NAMES.forEach(
        name -> files.write(FileSet.builder().add(name, Golden.bytes("storage/" + name)).build()));

    assertThat(store.load()).isEmpty();
  }

  @Test
  void store_withACorruptCertificate_saysWhatToDo() {
    storeGolden();
    files.write(FileSet.builder().addText("tlscert", "garbage").build());

    assertThatThrownBy(store::load)
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("cannot be used")
        .hasMessageContaining("join with a new token");
  }

  @Test
  void token_isComparedByItsHash() {
    storeGolden();
    Identity identity = store.load().orElseThrow();
    store.saveJoined(identity, "first");

    assertThat(store.isFrom("first")).isTrue();
    assertThat(store.isFrom("second")).isFalse();
    assertThat(identity.toString()).doesNotContain("PRIVATE");
  }
}
