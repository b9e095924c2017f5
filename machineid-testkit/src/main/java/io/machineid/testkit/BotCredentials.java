package io.machineid.testkit;

import java.time.Duration;

/**
 * What a bot needs to join.
 *
 * @param botName the bot
 * @param token a join token, good for one join; a secret, although of a fake cluster only
 * @param ttl how long the token lives from its making on
 */
public record BotCredentials(String botName, String token, Duration ttl) {

  @Override
  public String toString() {
    return "BotCredentials[botName=" + botName + "]";
  }
}
