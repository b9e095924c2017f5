package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.config.BotConfig;
import io.machineid.config.DestinationConfig;
import io.machineid.config.OutputConfig;
import io.machineid.config.OutputConfig.Placed;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Directory by directory and file by file what {@code tbot} wrote for the same configuration. */
class DirectoryParityTest {

  private static final String ROLE =
      """
      kind: role
      version: v7
      metadata: {name: example-role}
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
      """;
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----[^-]+-----END \\1-----");

  @TempDir static Path base;
  private static TestCluster cluster;

  @BeforeAll
  static void writeOnce() throws IOException {
    base = base.toRealPath();
    cluster = TestCluster.builder().kubernetesCluster("example-k8s-cluster", Map.of()).start();
    cluster.createRole(ROLE);
    String token = cluster.addBot("files1", "example-role").token();
    String yaml =
        """
        version: v2
        proxy_server: %s
        onboarding: {join_method: token, token: %s}
        storage: {type: directory, path: %s/bot}
        oneshot: true
        outputs:
        - type: kubernetes
          kubernetes_cluster: example-k8s-cluster
          destination: {type: directory, path: %3$s/kube-exec-plugin}
        - type: kubernetes
          kubernetes_cluster: example-k8s-cluster
          disable_exec_plugin: true
          destination: {type: directory, path: %3$s/kube-no-plugin}
        - type: identity
          destination: {type: directory, path: %3$s/identity}
        - type: identity
          cluster: test.example
          destination: {type: directory, path: %3$s/identity-of-own-cluster}
        - type: identity
          ssh_config: off
          destination: {type: directory, path: %3$s/identity-without-ssh}
        """
            .formatted(cluster.proxyAddress(), token, base);
    Path config = Files.writeString(base.resolve("tbot.yaml"), yaml);
    Path roots = Files.writeString(base.resolve("web-ca.crt"), cluster.webAuthorityPem());
    Surroundings surroundings =
        new Surroundings(Map.of("SSL_CERT_FILE", roots.toString()), new Stop());
    Cli.Result result = Cli.run(surroundings, "start", "-c", config.toString());
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bot", "kube-exec-plugin", "kube-no-plugin", "identity"})
  void directory_namesAndModes_areTbots(String directory) throws Exception {
    assertThat(written(directory)).isEqualTo(manifest(directory));
  }

  @Test
  void directory_identityWithoutSsh_lacksTheFilesForOpenSsh() throws Exception {
    Map<String, String> expected = manifest("identity");
    expected.keySet().removeAll(List.of("ssh_config", "known_hosts"));

    assertThat(written("identity-without-ssh")).isEqualTo(expected);
  }

  @Test
  void directory_identityOfTheBotsOwnCluster_isAsIfNoneWereNamed() throws Exception {
    assertThat(written("identity-of-own-cluster")).isEqualTo(manifest("identity"));
    assertThat(Files.readString(base.resolve("identity-of-own-cluster/ssh_config")))
        .isEqualTo(
            Files.readString(base.resolve("identity/ssh_config"))
                .replace(base + "/identity", base + "/identity-of-own-cluster"));
  }

  /** What {@code init --clean} keeps is what {@code start} writes. */
  @Test
  void init_namesToKeep_areTheWrittenOnes() throws Exception {
    for (OutputConfig output : BotConfig.load(base.resolve("tbot.yaml")).outputs()) {
      Placed placed = (Placed) output;
      Path path = ((DestinationConfig.Directory) placed.destination()).path();
      Map<String, String> written = written(base.relativize(path).toString());
      written.remove(".");

      assertThat(InitCommand.names(placed)).isEqualTo(written.keySet());
    }
  }

  private static Map<String, String> written(String directory) throws IOException {
    Map<String, String> modes = new TreeMap<>();
    Path path = base.resolve(directory);
    modes.put(".", mode(path));
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        modes.put(file.getFileName().toString(), mode(file));
      }
    }
    return modes;
  }

  private static String mode(Path path) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    return switch (PosixFilePermissions.toString(permissions)) {
      case "rw-------" -> "0o600";
      case "rwx------" -> "0o700";
      default -> permissions.toString();
    };
  }

  private static Map<String, String> manifest(String directory) throws Exception {
    Map<String, String> modes = new TreeMap<>();
    for (JsonNode entry : new ObjectMapper().readTree(CommandLinesTest.golden("MANIFEST.json"))) {
      if (entry.get("dir").asText().equals(directory)) {
        modes.put(entry.get("file").asText(), entry.get("mode").asText());
      }
    }
    return modes;
  }

  @ParameterizedTest
  @CsvSource({
    "bot, key key.pub key-cert.pub tlscert tlscacerts sshcacerts tokenhash",
    "kube-exec-plugin, identity key key.pub key-cert.pub tlscert kubeconfig.yaml"
        + " teleport-host-ca.crt teleport-user-ca.crt teleport-database-ca.crt",
    "kube-no-plugin, identity key key.pub key-cert.pub tlscert kubeconfig.yaml"
        + " teleport-host-ca.crt teleport-user-ca.crt teleport-database-ca.crt",
    "identity, identity key key.pub key-cert.pub tlscert known_hosts ssh_config"
        + " teleport-host-ca.crt teleport-user-ca.crt teleport-database-ca.crt"
  })
  void file_blocksLinesAndTheirOrder_areTbots(String directory, String names) throws Exception {
    for (String name : names.split(" ")) {
      String file = directory + "/" + name;
      assertThat(shape(ours(file))).as(file).isEqualTo(shape(CommandLinesTest.golden(file)));
    }
  }

  private static String ours(String file) throws IOException {
    String address = cluster.proxyAddress();
    String host = address.substring(0, address.lastIndexOf(':'));
    String text =
        Files.readString(base.resolve(file))
            .replace(base.toString(), "/BASE")
            .replace(address, "teleport.localtest:3080")
            .replace(cluster.clusterName(), "real.example");
    return file.endsWith("ssh_config") || file.endsWith("known_hosts") || file.endsWith(".yaml")
        ? text.replace(host, "teleport.localtest")
        : text;
  }

  /**
   * A text without what differs from run to run, and without the two differences that are meant:
   * keys are ECDSA where the cluster takes them, and other programs are named.
   */
  private static String shape(String text) {
    Matcher pem = PEM.matcher(text);
    return withoutArguments(pem.replaceAll("<$1>"))
        .replace("<RSA PRIVATE KEY>", "<PRIVATE KEY>")
        .replaceAll("ssh-rsa-cert-v01|ecdsa-sha2-nistp256-cert-v01", "<ssh type>-cert-v01")
        .replaceAll("(?m)^(ssh-rsa|ecdsa-sha2-nistp256) ", "<ssh type> ")
        .replaceAll("[A-Za-z0-9+/]{40,}=*", "<base64>")
        .replaceAll("(?m)^( *client-key-data:) .*$", "$1 <base64>")
        .replaceAll("(?m)^( *command:) .*$", "$1 <program>")
        .replaceAll("ProxyCommand \"[^\"]*\"", "ProxyCommand <program>")
        .replace("by tbot\n", "by <program>\n")
        .replace("by machineid\n", "by <program>\n");
  }

  /** How the Java runtime is started comes before what the program is told. */
  private static String withoutArguments(String text) {
    List<String> lines = text.lines().toList();
    int kube = lines.indexOf("      - kube");
    return kube < 0
        ? text
        : Stream.concat(
                lines.subList(0, lines.indexOf("      args:") + 1).stream(),
                lines.subList(kube, lines.size()).stream())
            .collect(Collectors.joining("\n", "", "\n"));
  }
}
