package io.machineid.testkit.internal.auth;

import io.machineid.testkit.internal.pki.SshKey;
import io.machineid.testkit.internal.state.Bot;
import io.machineid.testkit.internal.state.Bots;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Turns a token into the first certificates of a bot. */
final class Joining {

  private static final Duration DEFAULT_TTL = Duration.ofHours(1);

  private final Bots bots;
  private final Certificates certificates;
  private final BotIdentities identities;
  private final InstantSource clock;

  Joining(Bots bots, Certificates certificates, BotIdentities identities, InstantSource clock) {
    this.bots = bots;
    this.certificates = certificates;
    this.identities = identities;
    this.clock = clock;
  }

  Certs join(JoinRequest request, String remoteIp) {
    if (request.token().isEmpty()) {
      throw Refusal.bad("missing parameter Token");
    }
    bots.checkToken(request.token(), request.hostId(), request.nodeName(), request.role());
    SshKey key = key(request.sshKey());
    Bot bot = bots.redeem(request.token());
    Instant now = clock.instant();
    Instant latest = now.plus(bot.role().maxSessionTtl());
    Instant wanted = request.expires().orElse(now.plus(DEFAULT_TTL));
    return certificates.forBot(
        identities.renewable(bot, remoteIp), key, wanted.isBefore(latest) ? wanted : latest);
  }

  static SshKey key(String line) {
    try {
      return SshKey.parse(line);
    } catch (IllegalArgumentException e) {
      throw Refusal.other("ssh: no key found");
    }
  }
}
