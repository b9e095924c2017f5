package io.machineid;

import java.util.function.Consumer;

/**
 * A credential that stays valid: its bot renews it in the background, before it ends, for as long
 * as both are open. Thread-safe. Ask for {@link #current()} each time; do not keep what it returns.
 */
public interface LiveCredential extends AutoCloseable {

  /**
   * The newest credential. Never blocks, never does I/O.
   *
   * @return the current snapshot
   * @throws ClosedException when this or the bot was closed
   */
  Credential current();

  /**
   * Calls {@code listener} after each rotation with the new snapshot, on the bot's event thread, in
   * order.
   *
   * @param listener must not block for long; what it throws is logged and changes nothing
   * @return closes to end the calls
   */
  Subscription onRotation(Consumer<Credential> listener);

  /**
   * Ends renewal, and the calls to listeners. What was issued stays valid in the cluster until it
   * ends by itself. Closing twice does nothing; the bot's close does this too.
   */
  @Override
  void close();

  /** Ends something that was asked for. Closing twice does nothing. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
