package io.machineid.testkit;

import java.time.Instant;
import java.util.Optional;

/**
 * An instance of a bot; clusters of version 17 and newer keep one for each process of a bot that
 * has joined.
 *
 * @param id what the cluster named it when it joined
 * @param previousId the instance that it goes on for, after a recovery of the method {@code
 *     bound_keypair}; mostly empty
 * @param botName the bot
 * @param joinMethod how it joined, such as {@code token}
 * @param joins how often it joined: more than once where it joined again as itself
 * @param generation how often it got a certificate for itself, by joins and by renewals
 * @param firstSeen when it joined first, by the cluster's clock
 * @param lastSeen when it joined or renewed last, by the cluster's clock
 */
public record RecordedBotInstance(
    String id,
    Optional<String> previousId,
    String botName,
    String joinMethod,
    int joins,
    long generation,
    Instant firstSeen,
    Instant lastSeen) {}
