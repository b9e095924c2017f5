package io.machineid.config;

import io.machineid.config.OutputConfig.ArgoCd;
import io.machineid.config.OutputConfig.Identity;
import io.machineid.config.OutputConfig.Kubernetes;
import io.machineid.config.OutputConfig.KubernetesV2;
import java.util.ArrayList;
import java.util.List;

/** From an {@link OutputConfig} to an entry of {@code outputs}. */
final class OutputTree {

  private OutputTree() {}

  static Tree of(OutputConfig output) {
    Tree tree = new Tree().put("type", output.type()).put("name", output.name());
    if (output instanceof Kubernetes kubernetes) {
      tree.put("kubernetes_cluster", kubernetes.kubernetesCluster())
          .put("roles", kubernetes.roles())
          .put("disable_exec_plugin", kubernetes.disableExecPlugin());
    } else if (output instanceof KubernetesV2 many) {
      tree.put("selectors", selectors(many.selectors()))
          .put("disable_exec_plugin", many.disableExecPlugin())
          .put("context_name_template", many.contextNameTemplate().toString())
          .put("relay_server", many.relayServer());
    } else if (output instanceof Identity identity) {
      tree.put("cluster", identity.cluster())
          .put("roles", identity.roles())
          .put("ssh_config", identity.sshConfig() ? "on" : "off")
          .put("allow_reissue", identity.allowReissue());
    } else if (output instanceof ArgoCd argoCd) {
      argoCd(tree, argoCd);
    }
    if (output instanceof OutputConfig.Placed placed) {
      tree.put("destination", ConfigWriter.destination(placed.destination()));
    }
    output
        .lifetime()
        .ifPresent(
            lifetime ->
                tree.put(LifetimeReader.TTL, GoDuration.format(lifetime.ttl()))
                    .put(LifetimeReader.INTERVAL, GoDuration.format(lifetime.renewalInterval())));
    return tree;
  }

  private static List<Object> selectors(List<KubernetesSelector> selectors) {
    List<Tree> trees = new ArrayList<>();
    for (KubernetesSelector selector : selectors) {
      trees.add(
          new Tree()
              .put("name", selector.name())
              .put("labels", selector.labels())
              .put("default_namespace", selector.defaultNamespace()));
    }
    return Tree.maps(trees);
  }

  private static void argoCd(Tree tree, ArgoCd argoCd) {
    tree.put("selectors", selectors(argoCd.selectors()))
        .put("secret_namespace", argoCd.secretNamespace())
        .put("secret_name_prefix", argoCd.secretNamePrefix())
        .put("secret_labels", argoCd.secretLabels())
        .put("secret_annotations", argoCd.secretAnnotations())
        .put("project", argoCd.project())
        .put("namespaces", argoCd.namespaces())
        .put("cluster_resources", argoCd.clusterResources())
        .put("cluster_name_template", argoCd.clusterNameTemplate().toString());
  }
}
