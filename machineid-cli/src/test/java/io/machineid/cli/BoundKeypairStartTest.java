package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code machineid start} with the join method {@code bound_keypair}, run by run. */
class BoundKeypairStartTest {

  @TempDir Path temporary;
  private TestCluster cluster;
  private String secret;

  @BeforeEach
  void startCluster() throws Exception {
    temporary = temporary.toRealPath();
    cluster = TestCluster.builder().teleportVersion(18).start();
    cluster.addBot("example", "example-role");
    cluster.createRole(
        """
        kind: role
        version: v7
        metadata: {name: example-role}
        spec: {allow: {kubernetes_groups: [editor]}}
        """);
    cluster.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: bound_keypair
          bound_keypair: {}
        """);
    secret = cluster.boundKeypair("example-token").registrationSecret();
    Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    Files.writeString(
        temporary.resolve("tbot.yaml"),
        """
        version: v2
        proxy_server: %s
        onboarding: {join_method: bound_keypair, token: example-token}
        storage: {type: directory, path: %s/bot}
        services:
        - {type: identity, destination: {type: directory, path: %2$s/out}}
        """
            .formatted(cluster.proxyAddress(), temporary));
  }

  @AfterEach
  void stopCluster() {
    cluster.close();
  }

  private Cli.Result start(Map<String, String> more, String... flags) {
    Map<String, String> variables = new HashMap<>(more);
    variables.put("SSL_CERT_FILE", temporary.resolve("web-ca.crt").toString());
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("start", "-c", temporary.resolve("tbot.yaml").toString(), "--oneshot"));
    arguments.addAll(List.of(flags));
    return Cli.run(new Surroundings(variables, new Stop()), arguments.toArray(String[]::new));
  }

  private void assertJoined(Cli.Result result) {
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).doesNotContain(secret);
    assertThat(temporary.resolve("bot/id_bkp")).exists();
    assertThat(temporary.resolve("out/tlscert")).exists();
    assertThat(cluster.boundKeypair("example-token").recoveryCount()).isEqualTo(1);
  }

  @Test
  void flags_bringTheSecret_andLaterRunsNeedNone() {
    assertJoined(
        start(
            Map.of(),
            "--join-method=bound_keypair",
            "--token=example-token",
            "--registration-secret=" + secret));
    assertJoined(start(Map.of()));
  }

  @Test
  void variable_bringsTheSecret_andWithoutOneTheJoinIsRefused() {
    Cli.Result refused = start(Map.of());
    assertThat(refused.code()).isEqualTo(ExitCodes.NOT_ADMITTED);
    assertThat(refused.err()).contains("a valid registration secret is required");

    assertJoined(start(Map.of("TBOT_REGISTRATION_SECRET", secret)));
  }
}
