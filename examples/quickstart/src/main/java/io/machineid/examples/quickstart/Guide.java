package io.machineid.examples.quickstart;

import io.machineid.testkit.BotCredentials;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The guide's own things: a Kubernetes cluster, a role, a bot, and the files that a reader writes.
 */
final class Guide {

  static final String KUBERNETES_CLUSTER = "example-k8s-cluster";
  static final String ROLE = "example-role";
  static final String BOT = "example";

  private static final String PODS =
      """
      {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
      ---
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop"},
       "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
      ---
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-2", "namespace": "shop"},
       "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
      ---
      {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
       "metadata": {"name": "teleport-editor-edit"},
       "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
       "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "editor"}]}
      """;

  private Guide() {}

  /**
   * A fake Teleport cluster with one Kubernetes cluster in it, whose group {@code editor} may edit.
   */
  static TestCluster start() {
    TestCluster teleport =
        TestCluster.builder()
            .clusterName("teleport.example")
            .kubernetesCluster(KUBERNETES_CLUSTER, Map.of("env", "example"))
            .start();
    teleport.kubernetes(KUBERNETES_CLUSTER).add(PODS);
    return teleport;
  }

  /** The role as the guide prints it. */
  static String role() {
    try (InputStream in = Guide.class.getResourceAsStream("role.yaml")) {
      if (in == null) {
        throw new IllegalStateException("role.yaml is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The bot's configuration, as the guide has it, with a destination and a storage below a
   * directory.
   */
  static String configuration(TestCluster teleport, BotCredentials bot, Path directory) {
    return """
        version: v2
        proxy_server: %s
        onboarding:
          join_method: token
          token: %s
        storage:
          type: directory
          path: %s
        outputs:
          - type: kubernetes
            kubernetes_cluster: %s
            destination:
              type: directory
              path: %s
        """
        .formatted(
            teleport.proxyAddress(),
            bot.token(),
            directory.resolve("bot"),
            KUBERNETES_CLUSTER,
            directory.resolve("machine-id"));
  }

  /**
   * Writes what a reader of the guide has at hand: the role, the configuration, and whom to trust.
   */
  static void write(TestCluster teleport, BotCredentials bot, Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("role.yaml"), role());
    Files.writeString(directory.resolve("web-ca.crt"), teleport.webAuthorityPem());
    PrivateFiles.write(directory.resolve("tbot.yaml"), configuration(teleport, bot, directory));
  }
}
