package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLinesTest {

  @TempDir Path dir;

  static String golden(String name) throws Exception {
    try (InputStream in = CommandLinesTest.class.getResourceAsStream("/golden/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''               | a command is missing. See `machineid --help`",
        "nosuch           | Unmatched argument at index 0: 'nosuch'. See `machineid --help`",
        "start nosuch     | `nosuch` is no output to add; allowed: kubernetes, kubernetes/v2, identity, and legacy for none. See `machineid start --help`",
        "start identity a | Unmatched argument at index 2: 'a'. See `machineid start --help`",
        "kube             | a command is missing: credentials. See `machineid kube --help`",
        "kube credentials | Missing required option: '--destination-dir=DIR'. See `machineid kube credentials --help`"
      })
  void execute_wrongUsage_isOneLineAndCode2(String args, String message) {
    Cli.Result result = Cli.run(args.isEmpty() ? new String[0] : args.split(" "));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("machineid: " + message + System.lineSeparator());
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-d -c a.yaml start --oneshot | start -d -c a.yaml --oneshot",
        "--config=a.yaml start        | start --config=a.yaml",
        "--debug --fips configure     | configure --debug --fips",
        "start -c a.yaml              | start -c a.yaml",
        "-c a.yaml                    | -c a.yaml",
        "-c                           | -c",
        "-c a.yaml --oneshot start    | -c a.yaml --oneshot start",
        "--insecure --log-format json start  | start --insecure --log-format json",
        "--log-format=json --no-debug start  | start --log-format=json --no-debug",
        "--help                       | --help"
      })
  void behindTheCommand_flagsThatTbotTakesBeforeIt_areMoved(String args, String moved) {
    assertThat(LeadingFlags.behindTheCommand(args.split(" "))).containsExactly(moved.split(" "));
  }

  @Test
  void help_everyCommand_isPrinted() {
    assertThat(Cli.run("--help").out()).contains("start", "kube", "version", "Exit codes:");
    assertThat(Cli.run("start", "--help").out())
        .contains("[TYPE] [FLAGS]", "--[no-]oneshot", "--config", "SIGHUP");
    assertThat(Cli.run("version").out()).startsWith("machineid ");
  }

  @Test
  void credentials_goldenDirectory_printsTheCredentialInOneLine() throws Exception {
    Files.writeString(dir.resolve("identity"), golden("kube-exec-plugin/identity"));

    Cli.Result result = Cli.run("kube", "credentials", "--destination-dir=" + dir);

    // the certificate has expired: its end is not shifted any more
    String expected =
        golden("kube-credentials.stdout.json")
            .strip()
            .replace("2026-11-22T22:59:57Z", "2026-11-22T23:00:57Z");
    assertThat(result.out()).isEqualTo(expected + System.lineSeparator());
    assertThat(result.code()).isZero();
  }

  @Test
  void credentials_fileOfAnotherKind_isNamed() throws Exception {
    Files.writeString(dir.resolve("identity"), "no identity");

    Cli.Result result = Cli.run("kube", "credentials", "--destination-dir=" + dir);

    assertThat(result.code()).isEqualTo(6);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .startsWith("machineid: " + dir.resolve("identity") + ": ")
        .hasLineCount(1);
  }

  @Test
  void credentials_emptyDirectory_saysWhatIsMissing() {
    Cli.Result result = Cli.run("kube", "credentials", "--destination-dir=" + dir);

    assertThat(result.code()).isEqualTo(6);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "machineid: %s does not exist. Is this the directory of an output, and has `machineid start` run?%n",
            dir.resolve("identity"));
  }

  @Test
  void credentials_emptyOrForeignFile_isRefused() throws Exception {
    Files.writeString(dir.resolve("identity"), "");
    assertThat(Cli.run("kube", "credentials", "--destination-dir=" + dir).err())
        .contains("identity is empty");

    Files.writeString(dir.resolve("identity"), "something else");
    Cli.Result result = Cli.run("kube", "credentials", "--destination-dir=" + dir);
    assertThat(result.code()).isEqualTo(6);
    assertThat(result.err()).contains("there is no private key in it");
  }

  @Test
  void start_wrongConfiguration_isOneLineWithThePlace() throws Exception {
    Path file = Files.writeString(dir.resolve("tbot.yaml"), "version: v2\nproxy_sever: a:1\n");

    Cli.Result result = Cli.run("start", "-c", file.toString());

    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .startsWith(
            "machineid: "
                + file
                + ":2:1: unknown key `proxy_sever` at the top level; did you mean `proxy_server`?")
        .hasLineCount(1);
  }

  @Test
  void start_missingConfiguration_isNamed() {
    Cli.Result result = Cli.run("start", "-c", dir.resolve("none.yaml").toString());

    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err()).contains("none.yaml: there is no such file");
  }

  @Test
  void pluginCommand_archiveBesideTheJar_isTheOneForTheRelease() throws Exception {
    Path jar = dir.resolve("machineid.jar");
    assertThat(PluginCommand.archive(jar, 17)).isEmpty();
    Files.createFile(dir.resolve("machineid.jsa"));

    assertThat(PluginCommand.archive(jar, 17))
        .endsWith("-XX:SharedArchiveFile=" + dir.resolve("machineid.jsa"));
    assertThat(PluginCommand.archive(jar, 25)).isEmpty();
    Files.createFile(dir.resolve("machineid.aot"));
    assertThat(PluginCommand.archive(jar, 25))
        .endsWith("-XX:AOTCache=" + dir.resolve("machineid.aot"));
  }

  @Test
  void pluginCommand_onAClassPath_namesEverythingAbsolutely() {
    var plugin = PluginCommand.forDirectory(Path.of("/opt/machine-id"));

    assertThat(Path.of(plugin.command())).isAbsolute().isExecutable();
    assertThat(plugin.args())
        .contains("-cp", "io.machineid.cli.Main")
        .endsWith("kube", "credentials", "--destination-dir=/opt/machine-id");
  }
}
