package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.config.BotConfig;
import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.JoinConfig;
import io.machineid.config.JoinToken;
import io.machineid.config.KubernetesSelector;
import io.machineid.config.OutputConfig.Identity;
import io.machineid.config.OutputConfig.Kubernetes;
import io.machineid.config.OutputConfig.KubernetesV2;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code machineid configure}, and what {@code start} makes of flags and of what it cannot do. */
class ConfigureTest {

  private static final List<String> JOIN =
      List.of("--proxy-server=a.example:443", "--join-method=token", "--token=abc");

  @TempDir Path dir;

  private static Cli.Result configure(String... more) {
    List<String> args = new ArrayList<>(List.of("configure"));
    args.addAll(JOIN);
    args.addAll(List.of(more));
    return Cli.run(args.toArray(String[]::new));
  }

  private static BotConfig printed(Cli.Result result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return BotConfig.parse(result.out(), "printed");
  }

  @Test
  void configure_flagsAlone_printsAValidFile() {
    Cli.Result printed =
        configure(
            "--storage=memory://",
            "--credential-ttl=2h",
            "--renewal-interval=10m",
            "--diag-addr=:3001",
            "--oneshot",
            "-d");
    BotConfig config = printed(printed);

    assertThat(printed.out()).endsWith("\n").doesNotEndWith("\n\n");
    assertThat(config.server().address()).isEqualTo("a.example:443");
    assertThat(config.onboarding().join())
        .isEqualTo(new JoinConfig.Token(Optional.of(JoinToken.of("abc"))));
    assertThat(config.lifetime().ttl()).isEqualTo(Duration.ofHours(2));
    assertThat(config.lifetime().renewalInterval()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.diagAddr()).contains(":3001");
    assertThat(config.oneshot()).isTrue();
    assertThat(config.debug()).isTrue();
    assertThat(config.outputs()).isEmpty();
  }

  @Test
  void configure_kubernetes_addsTheOutput() {
    BotConfig config =
        printed(configure("kubernetes", "--kubernetes-cluster=one", "--destination=/opt/one"));

    assertThat(config.toYaml()).endsWith("\n").doesNotEndWith("\n\n");
    Kubernetes output = (Kubernetes) config.outputs().get(0);
    assertThat(output.kubernetesCluster()).isEqualTo("one");
    assertThat(output.destination()).isEqualTo(new Directory(Path.of("/opt/one")));
    assertThat(output.disableExecPlugin()).isFalse();
  }

  @Test
  void configure_kubernetesV2_addsTheOutputUnderBothNames() {
    for (String type : List.of("kubernetes/v2", "k8s/v2")) {
      BotConfig config =
          printed(
              configure(
                  type,
                  "--name-selector=one",
                  "--label-selector=env=dev,team=a",
                  "--destination=file:///opt/all",
                  "--disable-exec-plugin"));

      KubernetesV2 output = (KubernetesV2) config.outputs().get(0);
      assertThat(output.selectors())
          .containsExactly(
              KubernetesSelector.named("one"),
              KubernetesSelector.labelled(Map.of("env", "dev", "team", "a")));
      assertThat(output.disableExecPlugin()).isTrue();
    }
  }

  @Test
  void configure_overAFile_keepsWhatNoFlagSays() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("tbot.yaml"),
            """
            version: v2
            auth_server: auth.example:3025
            onboarding: {join_method: token, token: old}
            insecure: true
            services:
            - {type: identity, destination: {type: directory, path: /one}}
            """);

    BotConfig config = printed(configure("identity", "--destination=/two", "-c", file.toString()));

    assertThat(config.server().address()).isEqualTo("a.example:443");
    assertThat(config.insecure()).isTrue();
    assertThat(config.outputs())
        .extracting(output -> ((Directory) ((Identity) output).destination()).path())
        .containsExactly(Path.of("/one"), Path.of("/two"));
  }

  @Test
  void configure_environment_isUnderTheFlags() {
    Map<String, String> variables =
        Map.of("TELEPORT_PROXY", "variable:1", "TELEPORT_BOT_TOKEN", "secret");
    Surroundings surroundings = new Surroundings(variables, new Stop());

    BotConfig config = printed(Cli.run(surroundings, "configure", "--join-method=iam"));

    assertThat(config.server().address()).isEqualTo("variable:1");
    assertThat(config.onboarding().join())
        .isEqualTo(new JoinConfig.Ambient("iam", JoinToken.of("secret")));
  }

  @Test
  void configure_output_isWrittenForTheOwnerAndNeverOver() throws Exception {
    Path file = dir.resolve("new.yaml");

    Cli.Result result = configure("-o", file.toString());

    assertThat(result.out()).isEmpty();
    assertThat(BotConfig.load(file)).isEqualTo(printed(configure()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Cli.Result again = configure("-o", file.toString());
    assertThat(again.code()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(again.err())
        .isEqualTo(
            "machineid: %s: exists already; name another file, or remove it%n".formatted(file));
  }

  @Test
  void configure_switchesThatAreTakenBack_goOverTheFile() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("switches.yaml"),
            "version: v2\nauth_server: a.example:3025\nonboarding: {join_method: token, token: abc}\n"
                + "storage: {type: memory}\ninsecure: true\noneshot: true\ndebug: true\nfips: true\n");

    Cli.Result result =
        Cli.run(
            "configure",
            "-c",
            file.toString(),
            "--no-insecure",
            "--no-oneshot",
            "--no-debug",
            "--no-fips");

    BotConfig config = BotConfig.parse(result.out(), "printed");
    assertThat(config.insecure() || config.oneshot() || config.debug() || config.fips()).isFalse();
  }

  @Test
  void configure_identity_hasItsReadersAndMayBeReissued() {
    Cli.Result result =
        configure(
            "identity",
            "--destination=/x",
            "--reader-user=web",
            "--reader-group=ops",
            "--cluster=leaf",
            "--allow-reissue");

    assertThat(BotConfig.parse(result.out(), "printed").outputs())
        .singleElement()
        .isEqualTo(
            BotConfig.parse(
                    result.out().substring(0, result.out().indexOf("outputs:"))
                        + """
                        outputs:
                        - type: identity
                          cluster: leaf
                          allow_reissue: true
                          destination: {type: directory, path: /x, readers: [{user: web}, {group: ops}]}
                        """,
                    "expected")
                .outputs()
                .get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kubernetes/v2 --destination=/x | an output of the type kubernetes/v2 needs --name-selector or --label-selector",
        "legacy --reader-user=x | --reader-user belongs to an output; name one after `configure`: kubernetes, kubernetes/v2 or identity",
        "--reader-group=x | --reader-group belongs to an output; name one after `configure`: kubernetes, kubernetes/v2 or identity",
        "kubernetes --cluster=x | --cluster does not belong to an output of the type kubernetes",
        "kubernetes/v2 --allow-reissue | --allow-reissue does not belong to an output of the type kubernetes/v2",
        "nosuch | `nosuch` is no output to add; allowed: kubernetes, kubernetes/v2, identity, and legacy for none",
        "--destination=/x | --destination belongs to an output; name one after `configure`: kubernetes, kubernetes/v2 or identity",
        "--name-selector=x | --name-selector belongs to an output",
        "kubernetes --kubernetes-cluster=x | an output of the type kubernetes needs --destination",
        "kubernetes --destination=/x | an output of the type kubernetes needs --kubernetes-cluster",
        "kubernetes --label-selector=a=b | --label-selector does not belong to an output of the type",
        "identity --disable-exec-plugin | --disable-exec-plugin does not belong to an output",
        "kubernetes/v2 --kubernetes-cluster=x | --kubernetes-cluster does not belong to an output"
      })
  void configure_wrongUsage_isCode2(String args, String message) {
    Cli.Result result = configure(args.split(" "));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("machineid: " + message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--credential-ttl=1 | --credential-ttl: `credential_ttl` must be a positive duration",
        "--diag-addr=x | --diag-addr: `diag_addr` must be host:port to listen at",
        "identity --destination=s3://x | --destination: must be a path, file://PATH or memory://",
        "--ca-pin=x | --ca-pin: `onboarding.ca_pins[0]` must be `sha256:`"
      })
  void configure_wrongValue_isCode1AndNamesTheFlag(String args, String message) {
    Cli.Result result = configure(args.split(" "));

    assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(result.err()).startsWith("machineid: " + message).hasLineCount(1);
  }

  private Cli.Result start(Map<String, String> variables, String yaml) throws Exception {
    String whole =
        "version: v2\nproxy_server: a.example:443\nstorage: {type: memory}\n"
            + (yaml.contains("onboarding") ? "" : "onboarding: {join_method: token, token: abc}\n")
            + yaml;
    Path file = Files.writeString(dir.resolve("tbot.yaml"), whole);
    return Cli.run(new Surroundings(variables, new Stop()), "start", "-c", file.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'fips: true' | this version of machineid does not serve `fips: true`;",
        "'insecure: true' | this version of machineid does not serve `insecure: true` with `proxy_server`;",
        "'services: [{type: kubernetes/argo-cd, selectors: [{name: a}]}]' | this process is in no pod with a service account",
        "'outputs: [{type: kubernetes, kubernetes_cluster: a, disable_exec_plugin: true, destination: {type: kubernetes_secret, name: a}}]' | the Kubernetes secret a has no namespace: set `namespace` of the destination, or POD_NAMESPACE"
      })
  void start_whatItCannotDo_isRefusedByNameBeforeAnythingIsDone(String yaml, String message)
      throws Exception {
    Cli.Result result = start(Map.of(), yaml + "\n");

    assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(result.err()).startsWith("machineid: " + message).hasLineCount(1);
  }

  @Test
  void start_proxyAddressVariable_isRefusedByNameWithAnAuthServer() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("tbot.yaml"),
            "version: v2\nauth_server: a.example:3025\nstorage: {type: memory}\ninsecure: true\nonboarding: {join_method: token, token: abc}\n");

    Cli.Result result =
        Cli.run(
            new Surroundings(Map.of("TBOT_USE_PROXY_ADDR", "true"), new Stop()),
            "start",
            "-c",
            file.toString());

    assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(result.err())
        .startsWith(
            "machineid: this version of machineid does not serve TBOT_USE_PROXY_ADDR with `auth_server`; give the proxy");
  }

  @Test
  void start_configurationFromTheEnvironment_isRead() throws Exception {
    Path file = Files.writeString(dir.resolve("tbot.yaml"), "version: v2\nproxy_sever: a:1\n");
    Map<String, String> variables = Map.of("TBOT_CONFIG_PATH", file.toString());

    Cli.Result result = Cli.run(new Surroundings(variables, new Stop()), "start");

    assertThat(result.err()).startsWith("machineid: " + file + ":2:1: unknown key `proxy_sever`");
  }

  @Test
  void start_neitherFileNorFlags_saysWhatIsMissing() {
    Cli.Result result = Cli.run("start");

    assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(result.err())
        .contains("neither `proxy_server` nor `auth_server` is given")
        .hasLineCount(1);
  }
}
