package io.machineid;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who a bot is, as its certificate says it: an immutable snapshot without the private key.
 *
 * @param clusterName the Teleport cluster that issued it
 * @param botName the bot's name
 * @param userName the user that the bot is in the cluster: {@code bot-} and the name
 * @param roles the roles of the identity itself, not those it may ask credentials for
 * @param renewable whether it can be renewed with itself; otherwise the bot joins again
 * @param generation how often it was issued, as the cluster counts for renewable ones
 * @param instanceId the bot's instance, where the cluster keeps instances
 * @param notBefore from when it is valid
 * @param notAfter until when it is valid, as the server really granted it
 * @param certificate the certificate itself
 */
public record BotIdentity(
    String clusterName,
    String botName,
    String userName,
    List<String> roles,
    boolean renewable,
    OptionalLong generation,
    Optional<String> instanceId,
    Instant notBefore,
    Instant notAfter,
    X509Certificate certificate) {

  /**
   * Copies.
   *
   * @param clusterName component {@code clusterName}
   * @param botName component {@code botName}
   * @param userName component {@code userName}
   * @param roles component {@code roles}
   * @param renewable component {@code renewable}
   * @param generation component {@code generation}
   * @param instanceId component {@code instanceId}
   * @param notBefore component {@code notBefore}
   * @param notAfter component {@code notAfter}
   * @param certificate component {@code certificate}
   */
  public BotIdentity {
    roles = List.copyOf(roles);
  }

  /** Names what matters; the certificate is left out. */
  @Override
  public String toString() {
    return "BotIdentity[cluster=%s, bot=%s, generation=%s, renewable=%s, notAfter=%s]"
        .formatted(
            clusterName,
            botName,
            generation.isPresent() ? Long.toString(generation.getAsLong()) : "none",
            renewable,
            notAfter);
  }
}
