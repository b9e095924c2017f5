package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.config.BotConfig;
import io.machineid.config.BotEnvironment;
import io.machineid.config.OnboardingConfig;
import io.machineid.config.ServerAddress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;

/** From a configuration to a bot that is not started yet. */
final class BotFactory {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final Duration LONGEST_TTL = Duration.ofHours(24);

  private BotFactory() {}

  static Bot.Builder builder(BotConfig config, Map<String, String> environment) {
    Bot.Builder builder =
        way(config, environment)
            .storage(Served.open(config.storage(), environment))
            .credentialTtl(ttl(config))
            .renewalInterval(config.lifetime().renewalInterval());
    config.onboarding().method().ifPresent(builder::join);
    return builder;
  }

  /** Where the cluster is, and how it is verified: neither storage nor token. */
  static Bot.Builder way(BotConfig config, Map<String, String> environment) {
    Bot.Builder builder = Bot.builder();
    WebRoots.of(environment).ifPresent(builder::webRoots);
    if (config.server().kind() == ServerAddress.Kind.PROXY) {
      if (BotEnvironment.of(environment).useProxyAddress()) {
        builder.useProxyAddress();
      }
      if (!config.onboarding().caPins().isEmpty() || config.onboarding().caPath().isPresent()) {
        LOG.log(
            Level.INFO,
            "ca_pins and ca_path are not needed with proxy_server: its web certificate is verified");
      }
      return builder.proxy(config.server().address());
    }
    return trust(builder.authServer(config.server().address()), config);
  }

  private static Bot.Builder trust(Bot.Builder builder, BotConfig config) {
    OnboardingConfig onboarding = config.onboarding();
    if (config.insecure()) {
      LOG.log(Level.WARNING, "insecure: the auth server is not verified, anybody can be it");
      return builder.insecurelyTrustAnyAuthServer();
    }
    if (!onboarding.caPins().isEmpty()) {
      return builder.caPins(onboarding.caPins());
    }
    return onboarding
        .caPath()
        .map(path -> builder.clusterAuthorities(WebRoots.required(path, "onboarding.ca_path")))
        .orElse(builder);
  }

  private static Duration ttl(BotConfig config) {
    Duration ttl = config.lifetime().ttl();
    if (ttl.compareTo(LONGEST_TTL) > 0) {
      LOG.log(Level.WARNING, "credential_ttl is longer than a cluster grants: 24h are asked for");
      return LONGEST_TTL;
    }
    if (config.lifetime().renewalInterval().compareTo(ttl) > 0) {
      LOG.log(
          Level.WARNING,
          "renewal_interval is longer than credential_ttl: certificates are renewed before they end");
    }
    return ttl;
  }
}
