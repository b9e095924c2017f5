package io.machineid;

/** Is told what happens to a bot. */
@FunctionalInterface
public interface BotListener {

  /**
   * Called on the bot's event thread, one event after the other, in order, holding no lock. What it
   * throws is logged and changes nothing. While it blocks, later events wait; renewal does not.
   *
   * @param event what happened
   */
  void on(BotEvent event);
}
