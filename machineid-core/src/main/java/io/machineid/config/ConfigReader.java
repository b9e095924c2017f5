package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.YamlNode.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a tree of YAML to a {@link BotConfig}. */
final class ConfigReader {

  private static final String PROXY = "proxy_server";
  private static final String AUTH = "auth_server";
  private static final List<String> KEYS =
      List.of(
          "version",
          PROXY,
          AUTH,
          JoinUri.KEY,
          "onboarding",
          "storage",
          "outputs",
          "services",
          LifetimeReader.TTL,
          LifetimeReader.OLD_TTL,
          LifetimeReader.INTERVAL,
          "oneshot",
          "insecure",
          "fips",
          "debug",
          "diag_addr");
  private static final Path DEFAULT_STORAGE = Path.of("/var/lib/teleport/bot");

  private final Section top;
  private final boolean lookAtDisk;

  private ConfigReader(Section top, boolean lookAtDisk) {
    this.top = top;
    this.lookAtDisk = lookAtDisk;
  }

  static Section tree(String yaml, String source) {
    Section top = Section.of("", YamlReader.read(yaml, source));
    checkVersion(top);
    return top.allow(KEYS, Unserved.VERSION_1);
  }

  static BotConfig read(Mapping tree, boolean lookAtDisk) {
    Section top = Section.of("", JoinUri.expand(Section.of("", tree)));
    return new ConfigReader(top, lookAtDisk).config();
  }

  private BotConfig config() {
    ServerAddress server = server();
    boolean insecure = top.bool("insecure", false);
    DestinationConfig storage =
        top.section("storage")
            .map(section -> new DestinationReader(section).read())
            .orElseGet(() -> new Directory(DEFAULT_STORAGE));
    OnboardingConfig onboarding = new OnboardingReader(onboardingSection(), insecure).read();
    checkToken(onboarding, storage);
    return new BotConfig(
        server,
        onboarding,
        storage,
        outputs(storage),
        new LifetimeReader(top).ofBot(),
        top.string("diag_addr").map(text -> Addresses.listening(top, "diag_addr", text)),
        top.bool("oneshot", false),
        insecure,
        top.bool("fips", false),
        top.bool("debug", false));
  }

  private static void checkVersion(Section top) {
    Optional<String> version = top.string("version");
    if (version.isEmpty() && (top.has("outputs") || top.has("services"))) {
      throw top.mark().error("`version` is missing; begin the file with `version: v2`");
    }
    if (version.isEmpty() || version.get().equals("v1")) {
      throw Version1.error(top, version.isPresent());
    }
    if (!version.get().equals("v2")) {
      throw top.error("version", "must be `v2`, is `" + Values.printable(version.get()) + "`");
    }
  }

  private ServerAddress server() {
    Optional<String> proxy = top.string(PROXY);
    Optional<String> auth = top.string(AUTH);
    if (proxy.isPresent() && auth.isPresent()) {
      throw top.mark(AUTH)
          .error(
              "both `proxy_server` and `auth_server` are given; keep one, mostly `proxy_server`");
    }
    if (proxy.isEmpty() && auth.isEmpty()) {
      throw top.mark()
          .error(
              "neither `proxy_server` nor `auth_server` is given; for instance `proxy_server:"
                  + " example.com:443`");
    }
    return proxy.isPresent()
        ? new ServerAddress(ServerAddress.Kind.PROXY, Addresses.check(top, PROXY, proxy.get()))
        : new ServerAddress(
            ServerAddress.Kind.AUTH, Addresses.check(top, AUTH, auth.orElseThrow()));
  }

  private Section onboardingSection() {
    return top.section("onboarding")
        .orElseThrow(
            () -> top.mark().error("`onboarding` is missing; it holds `join_method` and `token`"));
  }

  /** Without a token only an identity from an earlier run will do. */
  private void checkToken(OnboardingConfig onboarding, DestinationConfig storage) {
    if (onboarding.join().token().isPresent()) {
      return;
    }
    String empty;
    if (storage instanceof Directory directory) {
      if (!lookAtDisk || Files.exists(directory.path().resolve("tlscert"))) {
        return;
      }
      empty = "the storage directory " + directory.path() + " holds no identity";
    } else if (storage instanceof DestinationConfig.Memory) {
      empty = "memory storage holds no identity";
    } else {
      return;
    }
    throw onboardingSection()
        .error("token", "is missing, and " + empty + "; give the name of a join token");
  }

  /** {@code services} and {@code outputs} mean the same; {@code tbot} appends the latter. */
  private List<OutputConfig> outputs(DestinationConfig storage) {
    UsedPlaces used = new UsedPlaces(storage);
    List<Section> sections = new ArrayList<>(top.sections("services"));
    sections.addAll(top.sections("outputs"));
    List<OutputConfig> outputs = new ArrayList<>();
    for (Section section : sections) {
      OutputConfig output = new OutputReader(section).read();
      used.add(section, output);
      outputs.add(output);
    }
    return outputs;
  }
}
