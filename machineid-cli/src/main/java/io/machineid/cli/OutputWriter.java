package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.config.OutputConfig;
import java.time.Instant;
import java.util.Map;

/** One output of the configuration and where it goes. */
interface OutputWriter {

  static OutputWriter of(OutputConfig config, Map<String, String> environment) {
    return Served.output(config, environment);
  }

  /** What it is and where it goes, for messages. */
  String describe();

  /** Before the bot joins: a token is not spent on a directory that cannot be written. */
  void prepare();

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

    @Override
    void close();
  }
}
