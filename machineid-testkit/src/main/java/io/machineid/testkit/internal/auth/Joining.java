package io.machineid.testkit.internal.auth;

import io.machineid.testkit.internal.join.KeypairJoining;
import io.machineid.testkit.internal.join.ProvisionToken;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.state.Bot;
import io.machineid.testkit.internal.state.Bots;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Turns a token, or other evidence, into the certificates of a bot. */
final class Joining {

  private static final Duration DEFAULT_TTL = Duration.ofHours(1);

  private final ClusterState state;
  private final Bots bots;
  private final Certificates certificates;
  private final BotIdentities identities;
  private final InstantSource clock;

  Joining(
      ClusterState state,
      Certificates certificates,
      BotIdentities identities,
      InstantSource clock) {
    this.state = state;
    this.bots = state.bots();
    this.certificates = certificates;
    this.identities = identities;
    this.clock = clock;
  }

  /** Joins by one request, by a method that has no challenge. */
  Certs join(JoinRequest request, Connection connection) {
    if (request.token().isEmpty()) {
      throw Refusal.bad("missing parameter Token");
    }
    Optional<ProvisionToken> resource = state.token(request.token());
    if (resource.isPresent()) {
      return join(resource.get(), request, connection);
    }
    bots.checkToken(request.token(), request.hostId(), request.nodeName(), request.role());
    RequestedKeys keys = request.keys();
    Bot bot = bots.redeem(request.token());
    return certificates.forBot(
        identities.renewable(bot, connection.remoteIp()), keys, until(bot, request));
  }

  private Certs join(ProvisionToken resource, JoinRequest request, Connection connection) {
    Bots.checkRole(request.hostId(), request.nodeName(), request.role());
    state.evidence().checkIdToken(resource, request.idToken());
    return admit(resource, request, connection);
  }

  /** Looks at evidence of a method. */
  @FunctionalInterface
  interface Check {

    /** Refuses what does not let anybody in. */
    void of(ProvisionToken token);
  }

  /** Joins over a stream, by a method that has one of its own. */
  Certs join(JoinCalls.Method method, JoinRequest request, Connection connection, Check check) {
    ProvisionToken resource = resource(method, request);
    check.of(resource);
    return admit(resource, request, connection);
  }

  /** The token resource of a join over a stream; refuses one of another method. */
  ProvisionToken resource(JoinCalls.Method method, JoinRequest request) {
    ProvisionToken resource = state.token(request.token()).orElse(null);
    if (resource == null) {
      bots.checkToken(request.token(), request.hostId(), request.nodeName(), request.role());
      throw method.notSupported();
    }
    Bots.checkRole(request.hostId(), request.nodeName(), request.role());
    if (!resource.method().equals(method.id())) {
      throw method.notSupported();
    }
    return resource;
  }

  /** Issues certificates to a bot whose evidence was found good. */
  private Certs admit(ProvisionToken resource, JoinRequest request, Connection connection) {
    RequestedKeys keys = request.keys();
    Bot bot = bots.admit(resource.botName(), resource.method(), instanceOf(connection));
    return certificates.forBot(
        identities.joined(bot, connection.remoteIp()), keys, until(bot, request));
  }

  /** The same, for an instance of the bot that the token resource is bound to. */
  Certs admitAs(
      ProvisionToken resource, JoinRequest request, Connection connection, KeypairJoining join) {
    RequestedKeys keys = request.keys();
    Bot bot =
        bots.admitAs(
            resource.botName(), resource.method(), join.instanceId(), join.previousInstanceId());
    return certificates.forBot(
        identities.joined(bot, connection.remoteIp()), keys, until(bot, request));
  }

  /** The instance that a caller shows itself to be, by a certificate that has not ended. */
  Optional<String> instanceOf(Connection connection) {
    return connection
        .certificate()
        .filter(certificate -> clock.instant().isBefore(certificate.notAfter()))
        .flatMap(valid -> connection.identity())
        .flatMap(TlsIdentity::botInstanceId);
  }

  private Instant until(Bot bot, JoinRequest request) {
    Instant now = clock.instant();
    Instant latest = now.plus(bot.role().maxSessionTtl());
    Instant wanted = request.expires().orElse(now.plus(DEFAULT_TTL));
    return wanted.isBefore(latest) ? wanted : latest;
  }
}
