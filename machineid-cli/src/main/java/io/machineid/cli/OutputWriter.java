package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.CredentialRequest;
import io.machineid.config.CredentialLifetime;
import io.machineid.config.OutputConfig;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** One output of the configuration and where it goes. */
interface OutputWriter {

  /**
   * Makes what writes an output.
   *
   * @param lifetime of credentials whose output says nothing
   */
  static OutputWriter of(
      OutputConfig config, CredentialLifetime lifetime, Map<String, String> environment) {
    return Served.output(config, lifetime, environment);
  }

  /** What it is and where it goes, for messages. */
  String describe();

  /** Before the bot joins: a token is not spent on a directory that cannot be written. */
  void prepare();

  /** Whether a credential is one of this output. */
  boolean asks(CredentialRequest request);

  /**
   * Refuses what can never be written, as only the cluster tells; such as ends the program, and is
   * not tried again. Blocks.
   */
  default void check(Bot bot) {}

  /** Whether it follows what it is for, and shall look again when everything is renewed. */
  default boolean looksAgain() {
    return false;
  }

  /** Gets what is to be written; blocks. */
  Open open(Bot bot);

  /** An output with credentials, which its bot keeps valid. */
  interface Open extends AutoCloseable {

    /** Calls {@code listener} whenever there is something new to write; it must not block. */
    void onChange(Runnable listener);

    /** Writes the files as they are now; blocks. */
    void write();

    /** Until when what was written is valid, on the server's clock. */
    Instant notAfter();

    /** Looks at what it is for; blocks. */
    default void refresh() {}

    /** What is wrong although the write went well. */
    default Optional<String> problem() {
      return Optional.empty();
    }

    /** Throws where something is missing that was asked for by its name. */
    default void requireAll() {}

    @Override
    void close();
  }
}
