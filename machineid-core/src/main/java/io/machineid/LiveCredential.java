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
   * Calls {@code listener} once, when this is closed or its bot is, on the thread that closes; at
   * once where that has happened already. For what is built on the credential and must end with it.
   *
   * @param listener must not block; what it throws is logged and changes nothing
   * @return closes to take the listener back
   */
  Subscription onClose(Runnable listener);

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
