package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.machineid.testkit.PlainBot.Identity;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that people use, on the fake cluster; skipped where they are not on the path. */
final class RealProgramsTest {

  private static final String ROLE =
      """
      kind: role
      version: v6
      metadata:
        name: example-role
      spec:
        allow:
          kubernetes_labels:
            '*': '*'
          kubernetes_groups:
          - editor
          kubernetes_resources:
          - kind: "*"
            namespace: "*"
            name: "*"
      """;

  @TempDir private Path dir;

  private final TestCluster cluster =
      TestCluster.builder().authPort().kubernetesCluster("example-k8s-cluster", Map.of()).start();

  @BeforeEach
  void prepare() throws IOException {
    cluster.createRole(ROLE);
    Files.writeString(dir.resolve("web-ca.crt"), cluster.webAuthorityPem());
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void kubectl_listsAndCreatesThroughTheProxy() throws Exception {
    String kubectl = program("kubectl");
    try (PlainBot bot = new PlainBot(cluster, "example")) {
      Identity identity = bot.join(cluster.addBot("example", "example-role").token());
      Identity output =
          bot.identity(
              bot.auth(identity)
                  .generateUserCerts(
                      bot.output("example-role")
                          .setKubernetesCluster("example-k8s-cluster")
                          .build()));
      Path kubeconfig = Files.writeString(dir.resolve("kubeconfig.yaml"), kubeconfig(output));

      run(
          kubectl,
          "--kubeconfig",
          kubeconfig.toString(),
          "create",
          "configmap",
          "a",
          "--from-literal=b=c");
      String listed =
          run(kubectl, "--kubeconfig", kubeconfig.toString(), "get", "configmaps", "-A");

      assertThat(listed).contains("default").contains("a");
      assertThat(cluster.kubernetes("example-k8s-cluster").names("configmaps", "default"))
          .contains("a");
      assertThat(cluster.requests()).anyMatch(request -> request.service().equals("KUBERNETES"));
    }
  }

  private String kubeconfig(Identity output) throws IOException {
    StringWriter key = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(key)) {
      writer.writeObject(new PemObject("PRIVATE KEY", output.key().getPrivate().getEncoded()));
    }
    StringWriter certificate = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(certificate)) {
      writer.writeObject(output.certificate());
    }
    return """
        apiVersion: v1
        kind: Config
        clusters:
        - name: c
          cluster:
            server: https://%s
            tls-server-name: kube-teleport-proxy-alpn.localhost
            certificate-authority-data: %s
        users:
        - name: u
          user: {client-certificate-data: %s, client-key-data: %s}
        contexts:
        - name: x
          context: {cluster: c, user: u}
        current-context: x
        """
        .formatted(
            cluster.proxyAddress(),
            PlainBot.base64(cluster.hostAuthorityPem()),
            base64(certificate),
            base64(key));
  }

  private static String base64(StringWriter text) {
    return Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tbot_joinsThroughTheProxyAndRenewsOnRestart() throws Exception {
    assertTbot("proxy_server: " + cluster.proxyAddress(), "");
  }

  @Test
  void tbot_joinsAtTheAuthServiceByPin() throws Exception {
    assertTbot(
        "auth_server: " + cluster.authAddress(),
        "  ca_pins: [\"" + cluster.caPins().get(0) + "\"]");
  }

  private void assertTbot(String address, String pins) throws Exception {
    String tbot = program("tbot");
    BotCredentials bot = cluster.addBot("example", "example-role");
    Path config =
        Files.writeString(
            dir.resolve("tbot.yaml"),
            """
            version: v2
            %s
            onboarding:
              join_method: token
              token: %s
            %s
            storage: {type: directory, path: %s}
            outputs:
              - type: kubernetes
                kubernetes_cluster: example-k8s-cluster
                destination: {type: directory, path: %s}
            """
                .formatted(address, bot.token(), pins, dir.resolve("storage"), dir.resolve("out")));

    run(tbot, "start", "-c", config.toString(), "--oneshot");

    assertThat(Files.readString(dir.resolve("out/kubeconfig.yaml")))
        .contains("server: https://" + cluster.proxyAddress())
        .contains("tls-server-name: kube-teleport-proxy-alpn.localhost")
        .contains("name: test.example-example-k8s-cluster");
    assertThat(cluster.generationOf("example")).isEqualTo(1);

    run(tbot, "start", "-c", config.toString(), "--oneshot");
    assertThat(cluster.generationOf("example")).isEqualTo(2);
    assertThat(cluster.isLocked("example")).isFalse();
  }

  private static String program(String name) {
    Optional<Path> found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), "no " + name + " on the path");
    return found.orElseThrow().toString();
  }

  private String run(String... command) throws Exception {
    Path output = Files.createTempFile(dir, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SSL_CERT_FILE", dir.resolve("web-ca.crt").toString());
    builder.environment().put("HOME", dir.toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(String.join(" ", command)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
