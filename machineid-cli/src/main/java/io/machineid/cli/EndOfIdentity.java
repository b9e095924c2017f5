package io.machineid.cli;

import io.machineid.BotEvent;
import io.machineid.BotListener;
import io.machineid.BotState;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Supplier;

/** An identity that ended and cannot come back by itself, as with a token: the process ends. */
final class EndOfIdentity implements BotListener {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  private final Supplier<Optional<BotState>> state;
  private final Stop stop;

  /**
   * Makes it.
   *
   * @param state how the bot is, once it runs
   * @param stop is requested at the end
   */
  EndOfIdentity(Supplier<Optional<BotState>> state, Stop stop) {
    this.state = state;
    this.stop = stop;
  }

  @Override
  public void on(BotEvent event) {
    if (event instanceof BotEvent.RenewalFailed failed
        && failed.request().isEmpty()
        && !failed.error().retryable()
        && state.get().filter(BotState.EXPIRED::equals).isPresent()) {
      LOG.log(Level.ERROR, "the bot''s identity has expired: {0}", failed.error().getMessage());
      stop.request(ExitCodes.NOT_ADMITTED);
    }
  }
}
