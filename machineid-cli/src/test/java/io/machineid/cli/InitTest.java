package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitTest {

  @TempDir Path base;

  @BeforeEach
  void resolve() throws IOException {
    base = base.toRealPath();
  }

  private Path config(String acls) throws IOException {
    return Files.writeString(
        base.resolve("tbot.yaml"),
        """
        version: v2
        proxy_server: teleport.example.com:443
        onboarding: {join_method: token, token: none}
        storage: {type: directory, path: %s/bot}
        outputs:
        - type: kubernetes
          kubernetes_cluster: example
          destination: {type: directory, path: %1$s/kube, %2$s}
        - type: identity
          destination: {type: directory, path: %1$s/identity}
        """
            .formatted(base, acls));
  }

  @Test
  void init_oneOfSeveral_isMadeCleanedAndGiven() throws Exception {
    Path config = config("acls: off");
    Path kube = Files.createDirectory(base.resolve("kube"));
    for (String name : new String[] {"key", "kubeconfig.yaml", "ssh_config", "tls.crt"}) {
      Files.writeString(kube.resolve(name), "");
    }
    String me = Files.getOwner(kube).getName();

    Cli.Result result =
        Cli.run(
            "init",
            "-c",
            config.toString(),
            "--init-dir=" + kube,
            "--clean",
            "--owner=" + me + ":");

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("removed ssh_config", "removed tls.crt", "belongs to " + me);
    assertThat(kube).isDirectoryNotContaining("glob:**/tls.crt");
    assertThat(kube.resolve("kubeconfig.yaml")).exists();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kube)))
        .isEqualTo("rwx------");
    assertThat(base.resolve("identity")).doesNotExist();
  }

  @Test
  void init_destinationDir_needsNoConfiguration() {
    Path made = base.resolve("a/b");

    Cli.Result result = Cli.run("init", "--destination-dir=" + made);

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains(made + " was made");
    assertThat(made).isDirectory();
  }

  @Test
  void init_severalDirectories_asksWhich() throws Exception {
    Cli.Result result = Cli.run("init", "-c", config("acls: off").toString());

    assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(result.err()).contains("--init-dir", base + "/kube", base + "/identity");
  }

  @Test
  void init_readerUserWithoutTheBotsUser_isWrongUsageBeforeAnythingIsRemoved() throws Exception {
    Path mine = Files.writeString(base.resolve("mine"), "");
    Cli.Result result =
        Cli.run("init", "--destination-dir=" + base, "--clean", "--reader-user=nobody");

    assertThat(result.code()).isEqualTo(CommandLines.USAGE);
    assertThat(result.err()).contains("--reader-user needs --bot-user").hasLineCount(1);
    assertThat(mine).exists();
    assertThat(base.resolve(".write-test")).doesNotExist();
  }

  // Either there is no setfacl on this machine, or it does not know the user.

  @Test
  void init_readersThatAreOnlyTried_areAWarning() throws Exception {
    Path config = config("readers: [{user: no-such-user-here}]");
    String me = Files.getOwner(base).getName();

    Cli.Result result =
        Cli.run("init", "-c", config.toString(), "--init-dir=" + base + "/kube", "--owner=" + me);

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("it belongs to " + me).doesNotContain("may read");
  }

  @Test
  void init_readerUserThatCannotBeLetIn_fails() throws Exception {
    Path config = config("acls: try");
    String me = Files.getOwner(base).getName();

    Cli.Result result =
        Cli.run(
            "init",
            "-c",
            config.toString(),
            "--init-dir=" + base + "/kube",
            "--bot-user=" + me,
            "--reader-user=no-such-user-here");

    assertThat(result.code()).isEqualTo(6);
    assertThat(result.err()).contains("there is no user \"no-such-user-here\" on this machine");
    assertThat(result.out()).doesNotContain("it belongs to");
  }

  @Test
  void start_aclsRequiredForAUserThatThereIsNot_failsBeforeAnythingIsJoined() throws Exception {
    Path config = config("acls: required, readers: [{user: no-such-user-here}]");

    Cli.Result result = Cli.run("start", "--oneshot", "-c", config.toString());

    assertThat(result.code()).isEqualTo(6);
    assertThat(result.err())
        .contains("directory " + base.resolve("kube") + ": there is no user \"no-such-user-here\"")
        .hasLineCount(1);
    assertThat(base.resolve("bot")).doesNotExist();
  }
}
