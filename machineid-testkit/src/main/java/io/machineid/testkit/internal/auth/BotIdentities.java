package io.machineid.testkit.internal.auth;

import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.Role.Conditions;
import io.machineid.testkit.internal.state.Bot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;

/** What the certificates of a bot say. */
final class BotIdentities {

  private final String clusterName;
  private final boolean instances;

  /**
   * For a cluster.
   *
   * @param instances whether it keeps instances of bots
   */
  BotIdentities(String clusterName, boolean instances) {
    this.clusterName = clusterName;
    this.instances = instances;
  }

  /** The bot itself, in its current generation. */
  TlsIdentity renewable(Bot bot, String loginIp) {
    return itself(bot, loginIp, OptionalLong.of(bot.generation()));
  }

  /** The bot itself, which has to join again when this ends. */
  TlsIdentity joined(Bot bot, String loginIp) {
    return itself(bot, loginIp, OptionalLong.empty());
  }

  private TlsIdentity itself(Bot bot, String loginIp, OptionalLong generation) {
    return new TlsIdentity(
        principals(),
        clusterName,
        Map.of(),
        List.of(bot.user()),
        List.of(),
        bot.user(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.of(clusterName),
        Optional.of(loginIp),
        generation.isPresent(),
        generation,
        Optional.of("none"),
        Optional.empty(),
        false,
        Optional.of(bot.name()),
        Optional.of(bot.instanceId()).filter(id -> instances));
  }

  /**
   * The bot with roles that it may impersonate.
   *
   * @param route the Teleport cluster that requests are for, or empty for this one
   */
  TlsIdentity output(
      Bot bot, List<Role> roles, String route, String kubernetesCluster, String loginIp) {
    return new TlsIdentity(
        principals(),
        route.isEmpty() ? clusterName : route,
        Map.of(),
        roles.stream().map(Role::name).toList(),
        List.of(),
        bot.user(),
        granted(roles, Conditions::kubernetesUsers),
        granted(roles, Conditions::kubernetesGroups),
        Optional.of(kubernetesCluster).filter(name -> !name.isEmpty()),
        Optional.of(clusterName),
        Optional.of(loginIp),
        false,
        OptionalLong.empty(),
        Optional.of("none"),
        Optional.of(bot.user()),
        true,
        Optional.of(bot.name()),
        Optional.empty());
  }

  private static List<String> granted(List<Role> roles, Function<Conditions, List<String>> of) {
    List<String> denied = roles.stream().map(Role::deny).map(of).flatMap(List::stream).toList();
    return roles.stream()
        .map(Role::allow)
        .map(of)
        .flatMap(List::stream)
        .filter(name -> !denied.contains(name))
        .distinct()
        .toList();
  }

  private static List<String> principals() {
    return List.of("-teleport-nologin-" + UUID.randomUUID(), "-teleport-internal-join");
  }
}
