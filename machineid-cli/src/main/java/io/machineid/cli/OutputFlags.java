package io.machineid.cli;

import io.machineid.config.ConfigOverrides;
import io.machineid.config.FlagPlace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An output that is described by flags alone, as by those of {@code tbot start kubernetes}. */
final class OutputFlags {

  private static final String KUBERNETES = "kubernetes";
  private static final String KUBERNETES_V2 = "kubernetes/v2";
  private static final String IDENTITY = "identity";

  /** What newer releases of {@code tbot} call a start without such an output. */
  private static final String LEGACY = "legacy";

  private static final Map<String, Set<String>> TYPES_OF_FLAGS =
      Map.of(
          "--kubernetes-cluster", Set.of(KUBERNETES),
          "--name-selector", Set.of(KUBERNETES_V2),
          "--label-selector", Set.of(KUBERNETES_V2),
          "--disable-exec-plugin", Set.of(KUBERNETES, KUBERNETES_V2),
          "--cluster", Set.of(IDENTITY),
          "--allow-reissue", Set.of(IDENTITY));

  @Parameters(
      arity = "0..1",
      paramLabel = "TYPE",
      description =
          "An output to add: kubernetes, kubernetes/v2 or identity; legacy stands for none.")
  @Nullable String type;

  @Option(
      names = "--destination",
      paramLabel = "PLACE",
      description = "Where the output goes: a directory, file://DIRECTORY or memory://.")
  @Nullable String destination;

  @Option(
      names = "--reader-user",
      paramLabel = "USER",
      description = "Who else may read the output's directory; repeatable.")
  List<String> readerUsers = new ArrayList<>();

  @Option(
      names = "--reader-group",
      paramLabel = "GROUP",
      description = "A group that may read the output's directory; repeatable.")
  List<String> readerGroups = new ArrayList<>();

  @Option(
      names = "--kubernetes-cluster",
      paramLabel = "NAME",
      description = "The cluster of a kubernetes output.")
  @Nullable String kubernetesCluster;

  @Option(
      names = "--name-selector",
      paramLabel = "NAME",
      description = "A cluster of a kubernetes/v2 output; repeatable.")
  List<String> nameSelectors = new ArrayList<>();

  @Option(
      names = "--label-selector",
      paramLabel = "KEY=VALUE,…",
      description = "Labels of clusters of a kubernetes/v2 output; repeatable.")
  List<String> labelSelectors = new ArrayList<>();

  @Option(
      names = "--disable-exec-plugin",
      negatable = true,
      description = "Put the credentials into the kubeconfig.")
  boolean disableExecPlugin;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The Teleport cluster of an identity output.")
  @Nullable String cluster;

  @Option(
      names = "--allow-reissue",
      negatable = true,
      description = "Let the holder of an identity exchange its certificates for others.")
  boolean allowReissue;

  /** Adds the output, if there is to be one. */
  void addTo(ConfigOverrides.Builder into, Subcommand command) {
    String wanted = type == null ? LEGACY : type.equals("k8s/v2") ? KUBERNETES_V2 : type;
    if (!List.of(KUBERNETES, KUBERNETES_V2, IDENTITY, LEGACY).contains(wanted)) {
      throw command.usage(
          "`"
              + type
              + "` is no output to add; allowed: kubernetes, kubernetes/v2, identity, and legacy for none");
    }
    given().stream()
        .filter(flag -> !goesWith(flag, wanted))
        .findFirst()
        .ifPresent(
            flag -> {
              throw command.usage(
                  flag
                      + (wanted.equals(LEGACY)
                          ? " belongs to an output; name one after `"
                              + command.name()
                              + "`: kubernetes, kubernetes/v2 or identity"
                          : " does not belong to an output of the type " + type));
            });
    if (wanted.equals(LEGACY)) {
      return;
    }
    FlagPlace place =
        new FlagPlace(required(destination, "--destination", command), readerUsers, readerGroups);
    switch (wanted) {
      case KUBERNETES ->
          into.kubernetesOutput(
              required(kubernetesCluster, "--kubernetes-cluster", command),
              place,
              disableExecPlugin);
      case KUBERNETES_V2 -> {
        if (nameSelectors.isEmpty() && labelSelectors.isEmpty()) {
          throw command.usage(
              "an output of the type " + type + " needs --name-selector or --label-selector");
        }
        into.kubernetesV2Output(nameSelectors, labelSelectors, place, disableExecPlugin);
      }
      default -> into.identityOutput(place, cluster, allowReissue);
    }
  }

  private static boolean goesWith(String flag, String type) {
    return TYPES_OF_FLAGS
        .getOrDefault(flag, Set.of(KUBERNETES, KUBERNETES_V2, IDENTITY))
        .contains(type);
  }

  /** The flags that are there, as they are called. */
  private List<String> given() {
    Map<String, Boolean> flags = new LinkedHashMap<>();
    flags.put("--destination", destination != null);
    flags.put("--reader-user", !readerUsers.isEmpty());
    flags.put("--reader-group", !readerGroups.isEmpty());
    flags.put("--kubernetes-cluster", kubernetesCluster != null);
    flags.put("--name-selector", !nameSelectors.isEmpty());
    flags.put("--label-selector", !labelSelectors.isEmpty());
    flags.put("--disable-exec-plugin", disableExecPlugin);
    flags.put("--cluster", cluster != null);
    flags.put("--allow-reissue", allowReissue);
    return flags.keySet().stream().filter(flags::get).toList();
  }

  private String required(@Nullable String value, String flag, Subcommand command) {
    if (value == null) {
      throw command.usage("an output of the type " + type + " needs " + flag);
    }
    return value;
  }
}
