package io.machineid.internal.keypair;

import io.machineid.DestinationException;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.destination.MemoryDestination;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The key pair and the join state at rest, in the files and forms that {@code tbot} uses.
 *
 * <p>Nothing may get lost. So a key is written before its public half is sent; the join state is
 * written before anything that came with it is used; each order of files is such that what a crash
 * leaves can be gone on with; and what could not be written is kept, and written before another
 * join is begun. For one thread at a time.
 */
public final class KeypairStore {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final String KEY = "id_bkp";
  private static final String PUBLIC_KEY = "id_bkp.pub";
  private static final String STATE = "bkp_state";
  private static final String HISTORY = "bkp_key_history.json";

  private final Destination destination;
  private @Nullable Kept unsaved;
  private @Nullable Kept rehearsed;

  /** In a bot's storage, which is prepared. */
  public KeypairStore(Destination destination) {
    this.destination = destination;
  }

  /** All of it. */
  private record Kept(Optional<JoiningKey> active, KeyHistory history, Optional<byte[]> state) {

    private FileSet files() {
      FileSet.Builder files = FileSet.builder();
      state.ifPresent(bytes -> files.add(STATE, bytes));
      if (!history.entries().isEmpty()) {
        files.addText(HISTORY, history.json());
      }
      active.ifPresent(
          key -> files.addText(KEY, key.pem()).addText(PUBLIC_KEY, key.authorizedKey() + "\n"));
      return files.build();
    }
  }

  /** The join state that the cluster sent last. Blocks. */
  public Optional<byte[]> state() {
    return kept().state().map(byte[]::clone);
  }

  /**
   * The private key to a public one: the active one, or one of those before, or one that a join
   * made which did not come to its end. Blocks.
   */
  public Optional<JoiningKey> find(String publicKey) {
    Kept kept = kept();
    return kept.active().filter(key -> key.is(publicKey)).or(() -> kept.history().find(publicKey));
  }

  /**
   * Proves, before the cluster moves on, that its next join state can be stored: writes what there
   * is once more. Blocks.
   *
   * @throws DestinationException when it cannot
   */
  public void rehearse() {
    rehearsed = null; // somebody may have brought back what was lost
    Kept kept = kept();
    FileSet files = kept.files();
    if (!files.names().isEmpty()) {
      destination.write(files);
    }
    unsaved = null;
    rehearsed = kept; // the storage may be away when the cluster has moved on
  }

  /**
   * Makes a key of the suite, and stores it. Blocks.
   *
   * @param suite a signature suite, by its number or its name
   * @param now the time
   */
  public JoiningKey newKey(String suite, Instant now) {
    if (destination instanceof MemoryDestination) {
      LOG.log(
          Level.WARNING,
          "the key pair that the token resource is being bound to is kept in memory only: once this process has ended, nobody can join with it. Give the bot a storage that stays");
    }
    JoiningKey key = JoiningKey.generate(suite);
    Kept kept = kept();
    save(new Kept(kept.active(), kept.history().with(now, key), kept.state()));
    return key;
  }

  /**
   * Stores what a join has brought. Blocks.
   *
   * @param publicKey what the token resource is bound to now
   * @param state the join state
   * @param now the time
   * @throws DestinationException when it cannot be stored; it is kept in memory then
   */
  public void joined(String publicKey, byte[] state, Instant now) {
    Kept kept = kept();
    Optional<JoiningKey> bound = find(publicKey).or(kept::active);
    KeyHistory history = kept.history();
    if (kept.active().isPresent()) {
      history = history.with(now, kept.active().get());
    }
    save(new Kept(bound, history, Optional.of(state.clone())));
  }

  private void save(Kept next) {
    unsaved = next;
    destination.write(next.files());
    unsaved = null;
    rehearsed = next;
  }

  private Kept kept() {
    Kept held = unsaved == null ? rehearsed : unsaved;
    if (held != null) {
      return held;
    }
    try {
      Optional<byte[]> key = read(KEY);
      Optional<byte[]> history = read(HISTORY);
      return new Kept(
          key.isPresent()
              ? Optional.of(JoiningKey.parse(new String(key.get(), StandardCharsets.UTF_8)))
              : Optional.empty(),
          history.isPresent() ? KeyHistory.parse(history.get()) : KeyHistory.none(),
          read(STATE));
    } catch (GeneralSecurityException e) {
      throw new DestinationException(
          "the key pair stored in %s (%s, %s) cannot be used: %s. Bring the storage back from where it was whole, or have an administrator recreate the token resource and give the bot an empty storage and the new registration secret"
              .formatted(destination.describe(), KEY, HISTORY, e.getMessage()),
          e);
    }
  }

  private Optional<byte[]> read(String name) {
    return destination.read(name).filter(content -> content.length > 0);
  }

  /** Where it is, for messages. */
  public String describe() {
    return destination.describe();
  }
}
