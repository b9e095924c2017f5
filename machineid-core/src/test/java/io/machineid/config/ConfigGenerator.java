package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.KubernetesSecret;
import io.machineid.config.DestinationConfig.Memory;
import io.machineid.destination.SymlinkMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Makes any configuration that a file can say; the same one for the same seed. */
final class ConfigGenerator {

  /** Texts that YAML, or a program that writes it, may take for something else. */
  private static final List<String> NASTY =
      List.of(
          "yes",
          "NO",
          "null",
          "~",
          "0123",
          "1e3",
          "0x1F",
          "1_000",
          "12:30:45",
          ".inf",
          "2024-01-01",
          "- a",
          "a: b",
          "a #b",
          "#b",
          "'",
          "\"",
          "\\",
          "a\nb",
          "\n",
          "\ta",
          " a ",
          "&x",
          "*x",
          "!t",
          "{",
          "]",
          "%",
          "@",
          "`",
          "|",
          ">",
          "<<",
          "=",
          "---",
          "...",
          "é",
          "日本",
          "\uD83D\uDE80",
          "\u0085",
          "\u00A0",
          "\u2028",
          "\uFEFF",
          "a\\nb",
          "{{",
          "$(x)");

  private final Random random;
  private int number;

  ConfigGenerator(long seed) {
    random = new Random(seed);
  }

  BotConfig config() {
    boolean proxy = random.nextBoolean();
    boolean insecure = random.nextInt(4) == 0;
    List<OutputConfig> outputs = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      outputs.add(output());
    }
    return new BotConfig(
        new ServerAddress(
            proxy ? ServerAddress.Kind.PROXY : ServerAddress.Kind.AUTH,
            pick("a.example:443", "[::1]:3025", "10.0.0.1:1")),
        onboarding(proxy, insecure),
        destination(),
        outputs,
        lifetime(),
        maybe(() -> pick("127.0.0.1:3001", ":80", "[::]:9")),
        random.nextBoolean(),
        insecure,
        random.nextBoolean(),
        random.nextBoolean());
  }

  private OnboardingConfig onboarding(boolean proxy, boolean insecure) {
    String pin = "sha256:" + "0123456789abcdef".repeat(4);
    boolean trusted = !insecure && (!proxy || random.nextBoolean());
    boolean byPin = random.nextBoolean();
    return new OnboardingConfig(
        join(),
        trusted && byPin ? List.of(pin) : List.of(),
        trusted && !byPin ? Optional.of(path()) : Optional.empty());
  }

  private JoinConfig join() {
    JoinToken token = JoinToken.of(word());
    return switch (random.nextInt(8)) {
      case 0 -> new JoinConfig.Azure(token, maybe(this::word));
      case 1 -> new JoinConfig.Kubernetes(token, maybe(this::path));
      case 2 -> new JoinConfig.Gitlab(token, pick("TBOT_GITLAB_JWT", "_x", "MY_1"));
      case 3 -> new JoinConfig.TerraformCloud(token, maybe(this::word));
      case 4 -> boundKeypair(token);
      case 5 -> genericOidc(token);
      case 6 ->
          new JoinConfig.Ambient(
              JoinKeys.AMBIENT.get(random.nextInt(JoinKeys.AMBIENT.size())), token);
      default -> new JoinConfig.Token(Optional.of(token));
    };
  }

  private JoinConfig boundKeypair(JoinToken token) {
    int which = random.nextInt(4);
    return new JoinConfig.BoundKeypair(
        token,
        which == 0 ? Optional.of(SecretText.of(word())) : Optional.empty(),
        which == 1 ? Optional.of(path()) : Optional.empty(),
        which == 2 ? Optional.of(path()) : Optional.empty());
  }

  private JoinConfig genericOidc(JoinToken token) {
    return random.nextBoolean()
        ? new JoinConfig.GenericOidc(token, Optional.of("JWT"), List.of(), Optional.empty())
        : new JoinConfig.GenericOidc(
            token, Optional.empty(), List.of(text(), text()), maybe(this::duration));
  }

  private OutputConfig output() {
    Optional<String> name = maybe(() -> "out-" + number++);
    Optional<CredentialLifetime> lifetime = maybe(this::lifetime);
    return switch (random.nextInt(4)) {
      case 0 -> kubernetes(name, lifetime);
      case 1 ->
          new OutputConfig.KubernetesV2(
              name,
              selectors(),
              random.nextBoolean(),
              template(),
              maybe(() -> "relay.example:443"),
              destination(),
              lifetime);
      case 2 ->
          new OutputConfig.Identity(
              name,
              maybe(this::text),
              texts(),
              random.nextBoolean(),
              random.nextBoolean(),
              destination(),
              lifetime);
      default -> argoCd(name, lifetime);
    };
  }

  private OutputConfig kubernetes(Optional<String> name, Optional<CredentialLifetime> lifetime) {
    DestinationConfig destination = destination();
    boolean noPlugin = !(destination instanceof Directory) || random.nextBoolean();
    return new OutputConfig.Kubernetes(name, text(), texts(), noPlugin, destination, lifetime);
  }

  private OutputConfig argoCd(Optional<String> name, Optional<CredentialLifetime> lifetime) {
    return new OutputConfig.ArgoCd(
        name,
        selectors(),
        maybe(() -> "argocd"),
        pick("a", "a.b-c", OutputConfig.ArgoCd.DEFAULT_SECRET_NAME_PREFIX),
        Map.of("example.com/a", "b", "c", ""),
        Map.of("note", text()),
        maybe(this::text),
        random.nextBoolean() ? List.of() : List.of("one", "two-2"),
        random.nextBoolean(),
        template(),
        lifetime);
  }

  private List<KubernetesSelector> selectors() {
    List<KubernetesSelector> selectors = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      Optional<String> namespace = maybe(() -> "apps");
      Map<String, String> labels = new LinkedHashMap<>();
      labels.put("env" + i, text());
      labels.put("*", "*");
      boolean named = random.nextBoolean();
      selectors.add(
          new KubernetesSelector(
              named ? Optional.of(text()) : Optional.empty(),
              named ? Map.of() : labels,
              namespace));
    }
    return selectors;
  }

  private NameTemplate template() {
    return NameTemplate.of(
        pick(
            "{{.ClusterName}}-{{.KubeName}}",
            "x {{- .KubeName -}} y",
            "{{ .Labels.a }}: # {{.KubeName}}"));
  }

  private DestinationConfig destination() {
    return switch (random.nextInt(3)) {
      case 0 -> new Memory();
      case 1 ->
          new KubernetesSecret(
              "secret-" + number++,
              maybe(() -> "bots"),
              random.nextBoolean() ? Map.of() : Map.of("app", "bot", "example.com/x", "1.0"),
              maybe(this::path),
              maybe(this::text));
      default -> directory();
    };
  }

  private Directory directory() {
    AclMode acls = AclMode.values()[random.nextInt(3)];
    List<AclReader> readers = new ArrayList<>();
    if (acls != AclMode.OFF) {
      for (int i = random.nextInt(3); i > 0; i--) {
        readers.add(
            new AclReader(
                AclReader.Kind.values()[random.nextInt(2)],
                pick("ann", "12", "web-users", "d.e@f")));
      }
    }
    return new Directory(path(), SymlinkMode.values()[random.nextInt(3)], acls, readers);
  }

  private CredentialLifetime lifetime() {
    return new CredentialLifetime(Duration.ofMinutes(1).plus(duration()), duration());
  }

  private Duration duration() {
    return random.nextBoolean()
        ? Duration.ofMinutes(1 + random.nextInt(3000))
        : Duration.ofNanos(1 + (random.nextLong() >>> 16));
  }

  private Path path() {
    return Path.of("/srv", "d" + number++, random.nextBoolean() ? "x" : text());
  }

  private String text() {
    int which = random.nextInt(NASTY.size() * 2);
    return which < NASTY.size() && !NASTY.get(which).isBlank()
        ? NASTY.get(which)
        : "t" + random.nextInt(1000);
  }

  /** As a text, without the white space around it that is taken off where it means nothing. */
  private String word() {
    String text = text().strip();
    return text.isEmpty() ? "w" : text;
  }

  private List<String> texts() {
    return random.nextBoolean() ? List.of() : List.of(text(), text());
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }
}
