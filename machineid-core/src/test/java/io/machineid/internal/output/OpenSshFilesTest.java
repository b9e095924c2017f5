package io.machineid.internal.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConfigException;
import io.machineid.Credential;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.testing.Golden;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenSshFilesTest {

  private static OpenSshFiles in(String directory) {
    return new OpenSshFiles(
        Path.of(directory),
        "/usr/local/bin/tbot",
        "real.example",
        "teleport.localtest",
        "teleport.localtest:3080");
  }

  private static Credential credential(String... sshHostAuthorities) {
    return new Credential(
        1,
        Golden.certificate("output-impersonated"),
        KeyAlgorithm.ECDSA_P256.generate().getPrivate(),
        List.of(),
        List.of(),
        "",
        List.of(sshHostAuthorities));
  }

  private static Credential golden() {
    String[] fields = Golden.text("identity/known_hosts").split(" ");
    return credential(fields[2] + " " + fields[3] + " a comment");
  }

  @Test
  void files_goldenCluster_equalTbots() {
    OpenSshFiles files = in("/BASE/identity");

    assertThat(files.knownHosts(golden())).isEqualTo(Golden.text("identity/known_hosts"));
    assertThat(files.config(golden()).replace("by machineid", "by tbot"))
        .isEqualTo(Golden.text("identity/ssh_config"));
  }

  @Test
  void config_newerAuthorities_leavesTheTypesOfKeysToOpenSsh() {
    String config = in("/id").config(credential("ssh-ed25519 AAAA", "ssh-rsa AAAA"));

    assertThat(config).doesNotContain("HostKeyAlgorithms").contains("CertificateFile \"/id/key-");
    assertThat(in("/id").knownHosts(credential("ssh-ed25519 AAAA", "ssh-rsa BBBB")))
        .hasLineCount(2);
  }

  @Test
  void config_directoryWithBlanksAndTokens_isQuotedForOpenSshAndTheShell() {
    String config = in("/my dir/100%h's").config(golden());

    assertThat(config)
        .contains("IdentityFile \"/my dir/100%%h's/key\"")
        .contains(" proxy '--destination-dir=/my dir/100%%h'\\''s' --proxy=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a\"b", "/a\\b", "/a\nProxyCommand evil"})
  void config_directoryThatCannotBeQuoted_isRefused(String directory) {
    OpenSshFiles files = in(directory);

    assertThatThrownBy(() -> files.config(golden()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("ssh_config: off");
  }
}
