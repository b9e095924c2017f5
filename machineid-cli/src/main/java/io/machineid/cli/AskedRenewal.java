package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.BotEvent;
import io.machineid.BotListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** A renewal that a signal asked for. Who asked is told when it fails, whatever was told before. */
final class AskedRenewal implements BotListener {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  private final AtomicBoolean asked = new AtomicBoolean();

  void begin(Bot bot) {
    LOG.log(Level.INFO, "renewing everything now, as a signal asked for");
    asked.set(true);
    bot.renewSoon();
  }

  @Override
  public void on(BotEvent event) {
    if (event instanceof BotEvent.Renewed) {
      asked.set(false);
    } else if (event instanceof BotEvent.RenewalFailed failed
        && failed.request().isEmpty()
        && asked.getAndSet(false)) {
      LOG.log(
          Level.WARNING,
          "the bot''s identity is not renewed, as a signal asked for, and is tried again: {0}",
          CommandLines.oneLine(failed.error().getMessage()));
    }
  }
}
