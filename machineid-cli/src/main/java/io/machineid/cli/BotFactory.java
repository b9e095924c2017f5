package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.config.BotConfig;
import io.machineid.config.BotEnvironment;
import io.machineid.config.OnboardingConfig;
import io.machineid.config.ServerAddress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;

/** From a configuration to a bot that is not started yet. */
final class BotFactory {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  private BotFactory() {}

  static Bot.Builder builder(BotConfig config, Map<String, String> environment) {
    Lifetimes.warn(config.lifetime(), "");
    Bot.Builder builder =
        way(config, environment)
            .storage(Served.open(config.storage(), environment))
            .credentialTtl(Lifetimes.ttl(config.lifetime()))
            .renewalInterval(config.lifetime().renewalInterval());
    config.onboarding().method(environment).ifPresent(builder::join);
    return builder;
  }

  /** Where the cluster is, and how it is verified: neither storage nor token. */
  static Bot.Builder way(BotConfig config, Map<String, String> environment) {
    Bot.Builder builder = Bot.builder();
    WebRoots.of(environment).forEach(builder::moreWebRoots);
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
}
