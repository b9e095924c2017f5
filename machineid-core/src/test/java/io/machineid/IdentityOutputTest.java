package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.destination.MemoryDestination;
import io.machineid.internal.pki.Pem;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdentityOutputTest {

  private static final String ROLE =
      "{kind: role, version: v7, metadata: {name: example-role}, spec: {}}";

  private TestCluster teleport;
  private Bot bot;

  @BeforeEach
  void start() {
    teleport = TestCluster.builder().authPort().start();
    teleport.createRole(ROLE);
    bot =
        Bot.builder()
            .authServer(teleport.authAddress())
            .caPins(teleport.caPins())
            .webRoots(List.of(teleport.webAuthority()))
            .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
            .start(Duration.ofSeconds(60));
  }

  @AfterEach
  void close() {
    bot.close();
    teleport.close();
  }

  private static String text(FileSet files, String name) {
    return new String(files.content(name), StandardCharsets.UTF_8);
  }

  @Test
  void files_liveCredential_areItsOwn() {
    LiveCredential live = bot.credential(CredentialRequest.forRoles("example-role"));
    Credential credential = live.current();

    FileSet files = IdentityOutput.of(bot, live).files();

    assertThat(files.names()).hasSize(8).endsWith("identity");
    assertThat(text(files, "tlscert")).isEqualTo(Pem.certificate(credential.certificate()));
    assertThat(text(files, "key")).isEqualTo(Pem.privateKey(credential.exposePrivateKey()));
    assertThat(text(files, "identity"))
        .startsWith(
            text(files, "key") + text(files, "key-cert.pub") + text(files, "tlscert") + "@cert-")
        .endsWith(text(files, "teleport-host-ca.crt"))
        .contains("@cert-authority %s,*.%1$s ".formatted(teleport.clusterName()));
    assertThat(credential.certificate().getSubjectX500Principal().getName())
        .contains("O=example-role");
  }

  @Test
  void write_withOpenSsh_namesTheProxyThatTheClusterPublishes() {
    LiveCredential live = bot.credential(CredentialRequest.forRoles());
    MemoryDestination destination = Destination.memory();

    IdentityOutput.of(bot, live).withOpenSsh(Path.of("/id"), "tbot").write(destination);

    assertThat(bot.proxyAddress()).isEqualTo(teleport.proxyAddress());
    assertThat(destination.list())
        .containsExactly(
            "identity",
            "key",
            "key-cert.pub",
            "key.pub",
            "known_hosts",
            "ssh_config",
            "teleport-database-ca.crt",
            "teleport-host-ca.crt",
            "teleport-user-ca.crt",
            "tlscert");
    assertThat(destination.read("ssh_config").map(String::new).orElseThrow())
        .contains("--proxy=" + teleport.proxyAddress() + " ssh --cluster=");
  }
}
