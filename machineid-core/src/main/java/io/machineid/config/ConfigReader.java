package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From a tree of YAML to a {@link BotConfig}. */
final class ConfigReader {

  private static final List<String> KEYS =
      List.of(
          "version",
          "proxy_server",
          "auth_server",
          "onboarding",
          "storage",
          "outputs",
          "certificate_ttl",
          "renewal_interval",
          "oneshot",
          "insecure",
          "debug");
  private static final Duration SHORTEST_TTL = Duration.ofMinutes(1);
  private static final Path DEFAULT_STORAGE = Path.of("/var/lib/teleport/bot");

  private final Section top;
  private final boolean lookAtDisk;

  private ConfigReader(Section top, boolean lookAtDisk) {
    this.top = top;
    this.lookAtDisk = lookAtDisk;
  }

  static BotConfig read(String yaml, String source, boolean lookAtDisk) {
    Section top = Section.of("", YamlReader.read(yaml, source));
    return new ConfigReader(top, lookAtDisk).config();
  }

  private BotConfig config() {
    checkVersion();
    checkKeys();
    ServerAddress server = server();
    boolean insecure = top.bool("insecure", false);
    DestinationConfig storage = storage();
    OnboardingConfig onboarding = new OnboardingReader(onboardingSection(), insecure).read();
    checkToken(onboarding, storage);
    checkTrust(server, onboarding, insecure);
    List<OutputConfig> outputs = outputs(storage);
    Duration ttl = certificateTtl();
    Duration interval = top.duration("renewal_interval", BotConfig.DEFAULT_RENEWAL_INTERVAL);
    boolean oneshot = top.bool("oneshot", false);
    boolean debug = top.bool("debug", false);
    return new BotConfig(
        server, onboarding, storage, outputs, ttl, interval, oneshot, insecure, debug);
  }

  private void checkVersion() {
    Optional<String> version = top.string("version");
    if (version.isEmpty() && top.has("outputs")) {
      throw top.mark().error("`version` is missing; begin the file with `version: v2`");
    }
    if (version.isEmpty() || version.get().equals("v1")) {
      throw top.mark("version")
          .error(
              "this is a version 1 configuration"
                  + (version.isEmpty() ? " (it has no `version`)" : "")
                  + "; convert it with `tbot migrate -c FILE -o NEW_FILE`, or begin it with"
                  + " `version: v2` and turn `destinations` into `outputs`");
    }
    if (!version.get().equals("v2")) {
      throw top.mark("version").error("`version` must be `v2`");
    }
  }

  /** What is not served passes where it is switched off, empty or without a value. */
  private void checkKeys() {
    Map<String, String> unserved = new HashMap<>(Unserved.TOP_LEVEL);
    unserved.putAll(Unserved.VERSION_1);
    List<String> harmless = new ArrayList<>();
    if (!top.bool("fips", false)) {
      harmless.add("fips");
    }
    if (top.items("services").isEmpty()) {
      harmless.add("services");
    }
    if (top.string("diag_addr").isEmpty()) {
      harmless.add("diag_addr");
    }
    harmless.forEach(unserved::remove);
    top.allow(KEYS, harmless, unserved);
  }

  private ServerAddress server() {
    Optional<String> proxy = top.string("proxy_server");
    Optional<String> auth = top.string("auth_server");
    if (proxy.isPresent() && auth.isPresent()) {
      throw top.mark("auth_server")
          .error(
              "both `proxy_server` and `auth_server` are given; keep one, mostly `proxy_server`");
    }
    if (proxy.isEmpty() && auth.isEmpty()) {
      throw top.mark()
          .error(
              "neither `proxy_server` nor `auth_server` is given; for instance `proxy_server: example.com:443`");
    }
    return proxy.isPresent()
        ? address("proxy_server", ServerAddress.Kind.PROXY, proxy.get())
        : address("auth_server", ServerAddress.Kind.AUTH, auth.orElseThrow());
  }

  private ServerAddress address(String key, ServerAddress.Kind kind, String text) {
    if (!Addresses.isHostAndPort(text)) {
      throw top.mark(key)
          .error(
              "`"
                  + key
                  + "` must be host:port, such as example.com:443, without https:// and path");
    }
    return new ServerAddress(kind, text);
  }

  private Section onboardingSection() {
    return top.section("onboarding")
        .orElseThrow(
            () -> top.mark().error("`onboarding` is missing; it holds `join_method` and `token`"));
  }

  private DestinationConfig storage() {
    return top.section("storage")
        .map(section -> new DestinationReader(section).read())
        .orElseGet(() -> DestinationReader.directory(DEFAULT_STORAGE));
  }

  /** Without a token only an identity from an earlier run will do. */
  private void checkToken(OnboardingConfig onboarding, DestinationConfig storage) {
    if (onboarding.token().isPresent()) {
      return;
    }
    boolean stored =
        storage instanceof Directory directory
            && (!lookAtDisk || Files.exists(directory.path().resolve("tlscert")));
    if (!stored) {
      String where =
          storage instanceof Directory directory
              ? "the storage directory " + directory.path() + " holds no identity"
              : "memory storage holds no identity";
      throw onboardingSection()
          .mark("token")
          .error("`onboarding.token` is missing, and " + where + "; give the name of a join token");
    }
  }

  /**
   * A proxy is verified by its web certificate, always; an auth server by something of this file.
   */
  private void checkTrust(ServerAddress server, OnboardingConfig onboarding, boolean insecure) {
    boolean proxy = server.kind() == ServerAddress.Kind.PROXY;
    if (proxy && insecure) {
      throw top.mark("insecure")
          .error(
              "`insecure: true` is not served with `proxy_server`: the proxy's certificate is always"
                  + " verified; remove it, and name a private CA in SSL_CERT_FILE");
    }
    if (!proxy && !insecure && onboarding.caPins().isEmpty() && onboarding.caPath().isEmpty()) {
      throw onboardingSection()
          .mark()
          .error(
              "with `auth_server`, `onboarding` needs `ca_pins` (`tctl status` prints the pin) or"
                  + " `ca_path`; or join through `proxy_server`");
    }
  }

  private Duration certificateTtl() {
    Duration ttl = top.duration("certificate_ttl", BotConfig.DEFAULT_CERTIFICATE_TTL);
    if (ttl.compareTo(SHORTEST_TTL) < 0) {
      throw top.mark("certificate_ttl").error("`certificate_ttl` must be at least 1m");
    }
    return ttl;
  }

  private List<OutputConfig> outputs(DestinationConfig storage) {
    Map<Path, String> used = new HashMap<>();
    if (storage instanceof Directory directory) {
      used.put(normal(directory), "storage");
    }
    List<OutputConfig> outputs = new ArrayList<>();
    List<YamlNode> items = top.items("outputs");
    for (int i = 0; i < items.size(); i++) {
      Section section = Section.of("outputs[" + i + "]", items.get(i));
      OutputConfig output = new OutputReader(section).read();
      checkUnused(section, output, used);
      outputs.add(output);
    }
    return outputs;
  }

  private static void checkUnused(Section section, OutputConfig output, Map<Path, String> used) {
    if (!(output.destination() instanceof Directory directory)) {
      return;
    }
    String other = used.putIfAbsent(normal(directory), section.path());
    if (other != null) {
      throw section
          .section("destination")
          .orElse(section)
          .mark("path")
          .error(
              "`"
                  + section.path()
                  + "` and `"
                  + other
                  + "` have the same directory "
                  + directory.path()
                  + "; give each its own");
    }
  }

  private static Path normal(Directory directory) {
    return directory.path().toAbsolutePath().normalize();
  }
}
