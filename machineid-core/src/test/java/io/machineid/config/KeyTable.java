package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.KubernetesSecret;
import io.machineid.config.DestinationConfig.Memory;
import io.machineid.config.JoinConfig.Azure;
import io.machineid.config.JoinConfig.BoundKeypair;
import io.machineid.config.JoinConfig.GenericOidc;
import io.machineid.config.JoinConfig.Gitlab;
import io.machineid.config.JoinConfig.TerraformCloud;
import io.machineid.config.OutputConfig.ArgoCd;
import io.machineid.config.OutputConfig.Identity;
import io.machineid.config.OutputConfig.Kubernetes;
import io.machineid.config.OutputConfig.KubernetesV2;
import io.machineid.destination.SymlinkMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Every key that may be left out, with its default, a value, and a wrong value. */
final class KeyTable {

  private static final String HEAD = "version: v2\nproxy_server: teleport.example.com:443\n";
  private static final String JOIN = "onboarding: {join_method: token, token: abc}\n";
  private static final String TO = "  destination: {type: directory, path: /out}\n";
  private static final Object ABSENT = Optional.empty();

  static final String TOP = HEAD + JOIN + "@\n";
  static final String ONBOARDING =
      HEAD + "onboarding:\n  join_method: token\n  @\nstorage: {type: directory, path: /bot}\n";
  static final String DIRECTORY = HEAD + JOIN + "storage:\n  type: directory\n  path: /bot\n  @\n";
  static final String SECRET =
      HEAD + JOIN + "storage:\n  type: kubernetes_secret\n  name: bot\n  @\n";
  static final String KUBERNETES =
      output("kubernetes") + "  kubernetes_cluster: one\n" + TO + "  @\n";
  static final String KUBERNETES_V2 =
      output("kubernetes/v2") + "  selectors: [{name: one}]\n" + TO + "  @\n";
  static final String SELECTOR =
      output("kubernetes/v2") + TO + "  selectors:\n  - name: one\n    @\n";
  static final String ARGO_CD = output("kubernetes/argo-cd") + "  selectors: [{name: one}]\n  @\n";
  static final String IDENTITY = output("identity") + TO + "  @\n";
  static final String AZURE = join("azure") + "  azure:\n    @\n";
  static final String KUBERNETES_JOIN = join("kubernetes") + "  kubernetes:\n    @\n";
  static final String GITLAB = join("gitlab") + "  gitlab:\n    @\n";
  static final String TERRAFORM = join("terraform_cloud") + "  terraform:\n    @\n";
  static final String BOUND_KEYPAIR = join("bound_keypair") + "  bound_keypair:\n    @\n";
  static final String GENERIC_OIDC =
      join("generic_oidc") + "  generic_oidc:\n    command: [a]\n    @\n";

  static final List<KeyRow> ROWS = new ArrayList<>();

  /** Keys that must be there, or exclude what the files of the table hold. */
  static final Map<String, Set<String>> OTHERS =
      Map.ofEntries(
          Map.entry(
              TOP, Set.of("version", "proxy_server", "auth_server", "join_uri", "onboarding")),
          Map.entry(ONBOARDING, Set.of("join_method")),
          Map.entry(DIRECTORY, Set.of("type", "path")),
          Map.entry(SECRET, Set.of("type", "name")),
          Map.entry(
              KUBERNETES,
              Set.of(
                  "type",
                  "kubernetes_cluster",
                  "destination",
                  "credential_ttl",
                  "renewal_interval")),
          Map.entry(
              KUBERNETES_V2,
              Set.of("type", "selectors", "destination", "credential_ttl", "renewal_interval")),
          Map.entry(SELECTOR, Set.of("name", "labels")),
          Map.entry(ARGO_CD, Set.of("type", "selectors", "credential_ttl", "renewal_interval")),
          Map.entry(IDENTITY, Set.of("type", "destination", "credential_ttl", "renewal_interval")),
          Map.entry(AZURE, Set.of()),
          Map.entry(KUBERNETES_JOIN, Set.of()),
          Map.entry(GITLAB, Set.of()),
          Map.entry(TERRAFORM, Set.of()),
          Map.entry(BOUND_KEYPAIR, Set.of()),
          Map.entry(GENERIC_OIDC, Set.of("env", "command")));

  static {
    top();
    onboarding();
    joinMethods();
    destinations();
    kubernetes();
    argoCd();
    identity();
  }

  private KeyTable() {}

  private static String output(String type) {
    return HEAD + JOIN + "outputs:\n- type: " + type + "\n";
  }

  private static String join(String method) {
    return HEAD + "onboarding:\n  join_method: " + method + "\n  token: abc\n";
  }

  private static void row(
      String place,
      String key,
      Function<BotConfig, Object> get,
      Object byDefault,
      String given,
      Object expected,
      String wrong,
      String error) {
    ROWS.add(new KeyRow(place, key, get, byDefault, given, expected, wrong, error));
  }

  private static void top() {
    String duration = "must be a positive duration with units, such as 20m or 1h30m, is ";
    row(
        TOP,
        "storage",
        BotConfig::storage,
        new Directory(Path.of("/var/lib/teleport/bot")),
        "{type: memory}",
        new Memory(),
        "/bot",
        "`storage` must be a map of keys and values, is text");
    row(
        TOP,
        "outputs",
        c -> c.outputs().size(),
        0,
        "[{type: kubernetes, kubernetes_cluster: a, destination: {type: directory, path: /a}}]",
        1,
        "{}",
        "`outputs` must be a list, is a map");
    row(
        TOP,
        "services",
        c -> c.outputs().size(),
        0,
        "[{type: kubernetes, kubernetes_cluster: a, destination: {type: directory, path: /a}}]",
        1,
        "[a]",
        "`services[0]` must be a map of keys and values, is text");
    row(
        TOP,
        "credential_ttl",
        c -> c.lifetime().ttl(),
        Duration.ofMinutes(60),
        "2h",
        Duration.ofHours(2),
        "sixty",
        "`credential_ttl` " + duration + "text `sixty`");
    row(
        TOP,
        "certificate_ttl",
        c -> c.lifetime().ttl(),
        Duration.ofMinutes(60),
        "1h30m",
        Duration.ofMinutes(90),
        "59s",
        "`certificate_ttl` must be at least 1m, is 59s");
    row(
        TOP,
        "renewal_interval",
        c -> c.lifetime().renewalInterval(),
        Duration.ofMinutes(20),
        "15m",
        Duration.ofMinutes(15),
        "20",
        "`renewal_interval` " + duration + "a number `20`");
    row(
        TOP,
        "diag_addr",
        BotConfig::diagAddr,
        ABSENT,
        "127.0.0.1:3001",
        Optional.of("127.0.0.1:3001"),
        "localhost",
        "`diag_addr` must be host:port to listen at, such as 127.0.0.1:3001, is `localhost`");
    row(
        TOP,
        "diag_addr",
        BotConfig::diagAddr,
        ABSENT,
        "':3001'",
        Optional.of(":3001"),
        "':70000'",
        "is `:70000`");
    String bool = "must be true or false, is ";
    row(
        TOP,
        "oneshot",
        BotConfig::oneshot,
        false,
        "true",
        true,
        "1",
        "`oneshot` " + bool + "a number `1`");
    row(
        TOP,
        "insecure",
        BotConfig::insecure,
        false,
        "yes",
        true,
        "'true'",
        "`insecure` " + bool + "text `true`");
    row(TOP, "fips", BotConfig::fips, false, "on", true, "[on]", "`fips` " + bool + "a list");
    row(
        TOP,
        "debug",
        BotConfig::debug,
        false,
        "y",
        true,
        "maybe",
        "`debug` " + bool + "text `maybe`");
  }

  private static void onboarding() {
    Function<BotConfig, Object> token = c -> c.onboarding().join().token();
    String pin = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    row(
        ONBOARDING,
        "token",
        token,
        ABSENT,
        "abc",
        Optional.of(JoinToken.of("abc")),
        "[abc]",
        "`onboarding.token` must be text, is a list");
    row(
        ONBOARDING,
        "token",
        token,
        ABSENT,
        "' abc '",
        Optional.of(JoinToken.of("abc")),
        "' '",
        "`onboarding.token` is blank");
    row(
        ONBOARDING,
        "ca_pins",
        c -> c.onboarding().caPins(),
        List.of(),
        "[" + pin + "]",
        List.of(pin),
        "[sha1:00]",
        "`onboarding.ca_pins[0]` must be `sha256:` and 64 hexadecimal digits");
    row(
        ONBOARDING,
        "ca_path",
        c -> c.onboarding().caPath(),
        ABSENT,
        "/ca.pem",
        Optional.of(Path.of("/ca.pem")),
        "{}",
        "`onboarding.ca_path` must be text, is a map");
  }

  private static void joinMethods() {
    String text = "must be text, is a list";
    row(
        AZURE,
        "client_id",
        c -> ((Azure) join(c)).clientId(),
        ABSENT,
        "abc",
        Optional.of("abc"),
        "[]",
        "`onboarding.azure.client_id` " + text);
    row(
        KUBERNETES_JOIN,
        "token_path",
        c -> ((JoinConfig.Kubernetes) join(c)).tokenPath(),
        ABSENT,
        "/t",
        Optional.of(Path.of("/t")),
        "[]",
        "`onboarding.kubernetes.token_path` " + text);
    row(
        GITLAB,
        "token_env_var_name",
        c -> ((Gitlab) join(c)).tokenVariable(),
        "TBOT_GITLAB_JWT",
        "MY_JWT",
        "MY_JWT",
        "a-b",
        "`onboarding.gitlab.token_env_var_name` must be the name of an environment variable");
    row(
        TERRAFORM,
        "audience_tag",
        c -> ((TerraformCloud) join(c)).audienceTag(),
        ABSENT,
        "abc",
        Optional.of("abc"),
        "[]",
        "`onboarding.terraform.audience_tag` " + text);
    row(
        BOUND_KEYPAIR,
        "registration_secret",
        c -> ((BoundKeypair) join(c)).registrationSecret(),
        ABSENT,
        "abc",
        Optional.of(SecretText.of("abc")),
        "' '",
        "`onboarding.bound_keypair.registration_secret` is blank");
    row(
        BOUND_KEYPAIR,
        "registration_secret_path",
        c -> ((BoundKeypair) join(c)).registrationSecretPath(),
        ABSENT,
        "/s",
        Optional.of(Path.of("/s")),
        "[]",
        "`onboarding.bound_keypair.registration_secret_path` " + text);
    row(
        BOUND_KEYPAIR,
        "static_private_key_path",
        c -> ((BoundKeypair) join(c)).staticPrivateKeyPath(),
        ABSENT,
        "/k",
        Optional.of(Path.of("/k")),
        "[]",
        "`onboarding.bound_keypair.static_private_key_path` " + text);
    row(
        GENERIC_OIDC,
        "timeout",
        c -> ((GenericOidc) join(c)).timeout(),
        ABSENT,
        "5s",
        Optional.of(Duration.ofSeconds(5)),
        "0s",
        "must be a positive duration");
  }

  private static void destinations() {
    row(
        DIRECTORY,
        "symlinks",
        c -> directory(c).symlinks(),
        SymlinkMode.TRY_SECURE,
        "secure",
        SymlinkMode.SECURE,
        "secur",
        "`storage.symlinks` is `secur`; did you mean `secure`? Allowed: insecure, try-secure, secure");
    row(
        DIRECTORY,
        "acls",
        c -> directory(c).acls(),
        AclMode.TRY,
        "required",
        AclMode.REQUIRED,
        "never",
        "`storage.acls` is `never`; allowed: off, try, required");
    row(
        DIRECTORY,
        "readers",
        c -> directory(c).readers(),
        List.of(),
        "[{user: ann}, {group: 12}]",
        List.of(
            new AclReader(AclReader.Kind.USER, "ann"), new AclReader(AclReader.Kind.GROUP, "12")),
        "[{user: ann, group: b}]",
        "`storage.readers[0]` must have one of `user` and `group`");
    row(
        SECRET,
        "namespace",
        c -> secret(c).namespace(),
        ABSENT,
        "bots",
        Optional.of("bots"),
        "My_Bots",
        "`storage.namespace` must be a namespace's name: small letters, digits and `-`, is `My_Bots`");
    row(
        SECRET,
        "labels",
        c -> secret(c).labels(),
        Map.of(),
        "{a: b, example.com/c: 1}",
        Map.of("a", "b", "example.com/c", "1"),
        "{a: 'b c'}",
        "has for `a` the value `b c`");
    row(
        SECRET,
        "labels",
        c -> secret(c).labels(),
        Map.of(),
        "{a: ''}",
        Map.of("a", ""),
        "{-a: b}",
        "has the key `-a`");
    row(
        SECRET,
        "kubeconfig_path",
        c -> secret(c).kubeconfigPath(),
        ABSENT,
        "/k",
        Optional.of(Path.of("/k")),
        "[]",
        "`storage.kubeconfig_path` must be text, is a list");
    row(
        SECRET,
        "kubeconfig_context",
        c -> secret(c).kubeconfigContext(),
        ABSENT,
        "dev",
        Optional.of("dev"),
        "{}",
        "`storage.kubeconfig_context` must be text, is a map");
  }

  private static void kubernetes() {
    row(
        KUBERNETES,
        "name",
        c -> first(c).name(),
        ABSENT,
        "dev-1+x_y",
        Optional.of("dev-1+x_y"),
        "Dev",
        "`outputs[0].name` must be at most 64 small letters, digits, `-`, `_` and `+`, is `Dev`");
    row(
        KUBERNETES,
        "roles",
        c -> ((Kubernetes) first(c)).roles(),
        List.of(),
        "[a, b]",
        List.of("a", "b"),
        "a",
        "`outputs[0].roles` must be a list, is text");
    row(
        KUBERNETES,
        "disable_exec_plugin",
        c -> ((Kubernetes) first(c)).disableExecPlugin(),
        false,
        "true",
        true,
        "tru",
        "`outputs[0].disable_exec_plugin` must be true or false, is text `tru`");
    row(
        KUBERNETES_V2,
        "name",
        c -> first(c).name(),
        ABSENT,
        "all",
        Optional.of("all"),
        "identity",
        "`outputs[0].name` is `identity`, which tbot keeps for itself");
    row(
        KUBERNETES_V2,
        "disable_exec_plugin",
        c -> many(c).disableExecPlugin(),
        false,
        "true",
        true,
        "[]",
        "`outputs[0].disable_exec_plugin` must be true or false, is a list");
    row(
        KUBERNETES_V2,
        "context_name_template",
        c -> many(c).contextNameTemplate().toString(),
        "{{.ClusterName}}-{{.KubeName}}",
        "'{{.KubeName}}'",
        "{{.KubeName}}",
        "'{{.Kube}}'",
        "`outputs[0].context_name_template` is no template that is served: `{{.Kube}}` is not served");
    row(
        KUBERNETES_V2,
        "relay_server",
        c -> many(c).relayServer(),
        ABSENT,
        "relay.example:443",
        Optional.of("relay.example:443"),
        "relay",
        "`outputs[0].relay_server` must be host:port");
    row(
        SELECTOR,
        "default_namespace",
        c -> many(c).selectors().get(0).defaultNamespace(),
        ABSENT,
        "apps",
        Optional.of("apps"),
        "Apps",
        "must be a namespace's name");
  }

  private static void argoCd() {
    row(
        ARGO_CD,
        "name",
        c -> first(c).name(),
        ABSENT,
        "argo",
        Optional.of("argo"),
        "a b",
        "`outputs[0].name` must be at most 64");
    row(
        ARGO_CD,
        "secret_namespace",
        c -> argo(c).secretNamespace(),
        ABSENT,
        "argocd",
        Optional.of("argocd"),
        "a.b",
        "`outputs[0].secret_namespace` must be a namespace's name");
    row(
        ARGO_CD,
        "secret_name_prefix",
        c -> argo(c).secretNamePrefix(),
        "teleport.argocd-cluster",
        "mine",
        "mine",
        "Mine",
        "`outputs[0].secret_name_prefix` must be a Kubernetes name");
    row(
        ARGO_CD,
        "secret_labels",
        c -> argo(c).secretLabels(),
        Map.of(),
        "{a: b}",
        Map.of("a", "b"),
        "[a]",
        "`outputs[0].secret_labels` must be a map of keys and values, is a list");
    row(
        ARGO_CD,
        "secret_annotations",
        c -> argo(c).secretAnnotations(),
        Map.of(),
        "{a: any thing}",
        Map.of("a", "any thing"),
        "{a: [b]}",
        "`outputs[0].secret_annotations.a` must be text, is a list");
    row(
        ARGO_CD,
        "project",
        c -> argo(c).project(),
        ABSENT,
        "default",
        Optional.of("default"),
        "[]",
        "`outputs[0].project` must be text, is a list");
    row(
        ARGO_CD,
        "namespaces",
        c -> argo(c).namespaces(),
        List.of(),
        "[a, b]",
        List.of("a", "b"),
        "[a, B]",
        "`outputs[0].namespaces[1]` must be a namespace's name");
    row(
        ARGO_CD,
        "cluster_resources",
        c -> argo(c).clusterResources(),
        false,
        "true",
        true,
        "all",
        "`outputs[0].cluster_resources` must be true or false");
    row(
        ARGO_CD,
        "cluster_name_template",
        c -> argo(c).clusterNameTemplate().toString(),
        "{{.ClusterName}}-{{.KubeName}}",
        "'{{ .Labels.env }}'",
        "{{ .Labels.env }}",
        "'{{x'",
        "`outputs[0].cluster_name_template` is no template that is served: a `{{` has no `}}`");
  }

  private static void identity() {
    row(
        IDENTITY,
        "name",
        c -> first(c).name(),
        ABSENT,
        "me",
        Optional.of("me"),
        "heartbeat",
        "which tbot keeps for itself");
    row(
        IDENTITY,
        "cluster",
        c -> ((Identity) first(c)).cluster(),
        ABSENT,
        "leaf",
        Optional.of("leaf"),
        "[]",
        "`outputs[0].cluster` must be text, is a list");
    row(
        IDENTITY,
        "roles",
        c -> ((Identity) first(c)).roles(),
        List.of(),
        "[a]",
        List.of("a"),
        "[a, '']",
        "`outputs[0].roles[1]` must not be empty");
    row(
        IDENTITY,
        "ssh_config",
        c -> ((Identity) first(c)).sshConfig(),
        true,
        "off",
        false,
        "5",
        "`outputs[0].ssh_config` must be true or false");
    row(
        IDENTITY,
        "allow_reissue",
        c -> ((Identity) first(c)).allowReissue(),
        false,
        "true",
        true,
        "{}",
        "`outputs[0].allow_reissue` must be true or false, is a map");
  }

  private static JoinConfig join(BotConfig config) {
    return config.onboarding().join();
  }

  private static Directory directory(BotConfig config) {
    return (Directory) config.storage();
  }

  private static KubernetesSecret secret(BotConfig config) {
    return (KubernetesSecret) config.storage();
  }

  private static OutputConfig first(BotConfig config) {
    return config.outputs().get(0);
  }

  private static KubernetesV2 many(BotConfig config) {
    return (KubernetesV2) first(config);
  }

  private static ArgoCd argo(BotConfig config) {
    return (ArgoCd) first(config);
  }
}
