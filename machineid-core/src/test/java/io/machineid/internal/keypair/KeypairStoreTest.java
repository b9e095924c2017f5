package io.machineid.internal.keypair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.DestinationException;
import io.machineid.destination.FileSet;
import io.machineid.testing.MemoryStorage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeypairStoreTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Storage storage = new Storage();
  private final KeypairStore store = new KeypairStore(storage);

  /** One that can be away, like an API server. */
  private static final class Storage extends MemoryStorage {

    private boolean away;

    private void answer() {
      if (away) {
        throw new DestinationException("the storage does not answer", null);
      }
    }

    @Override
    public void write(FileSet files) {
      answer();
      super.write(files);
    }

    @Override
    public Optional<byte[]> read(String name) {
      answer();
      return super.read(name);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void joinState_thatComesWhileTheStorageIsAway_isKeptAndStoredBeforeTheNextJoin() {
    store.rehearse();
    String publicKey = store.newKey("1", NOW).authorizedKey();
    storage.away = true; // after the cluster was told, and has moved on

    assertThatThrownBy(() -> store.joined(publicKey, bytes("first"), NOW))
        .isInstanceOf(DestinationException.class);
    storage.away = false;
    store.rehearse();

    assertThat(new KeypairStore(storage).state()).contains(bytes("first"));
    assertThat(new KeypairStore(storage).find(publicKey)).isPresent();
  }

  @Test
  void storage_thatWasBroughtBackBetweenTwoJoins_isWhatTheNextGoesBy() {
    store.rehearse();
    String publicKey = store.newKey("1", NOW).authorizedKey();
    store.joined(publicKey, bytes("first"), NOW);
    storage.write(FileSet.builder().add("bkp_state", bytes("brought back")).build());

    store.rehearse();

    assertThat(store.state()).contains(bytes("brought back"));
  }
}
