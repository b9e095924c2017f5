package io.machineid.cli;

import io.machineid.config.ConfigOverrides;
import io.machineid.config.Setting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say what a configuration file may say too, named as those of {@code tbot}. */
class ConfigFlags {

  @Option(
      names = "--proxy-server",
      paramLabel = "HOST:PORT",
      description = "The proxy's web address.")
  @Nullable String proxyServer;

  @Option(
      names = {"-a", "--auth-server"},
      paramLabel = "HOST:PORT",
      description = "The auth server's address.")
  @Nullable String authServer;

  @Option(
      names = "--join-uri",
      paramLabel = "URI",
      description = "Address, join method and token in one.")
  @Nullable String joinUri;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "The join token, or the absolute path of a file that holds it.")
  @Nullable String token;

  @Option(names = "--join-method", paramLabel = "METHOD", description = "How to join.")
  @Nullable String joinMethod;

  @Option(
      names = "--ca-pin",
      paramLabel = "PIN",
      description = "A pin of the cluster's CA, for joining at an auth server; repeatable.")
  List<String> caPins = new ArrayList<>();

  @Option(
      names = "--registration-secret",
      paramLabel = "SECRET",
      description = "The secret of the join method bound_keypair.")
  @Nullable String registrationSecret;

  @Option(
      names = "--registration-secret-path",
      paramLabel = "FILE",
      description = "A file that holds that secret.")
  @Nullable String registrationSecretPath;

  @Option(
      names = "--static-key-path",
      paramLabel = "FILE",
      description = "A file that holds the key of the join method bound_keypair.")
  @Nullable String staticKeyPath;

  @Option(
      names = {"--storage", "--data-dir"},
      paramLabel = "PLACE",
      description = "Where the bot's identity is kept: a directory, file://DIRECTORY or memory://.")
  @Nullable String storage;

  @Option(
      names = "--destination-dir",
      paramLabel = "DIR",
      description = "A directory for an identity output, which replaces all outputs of the file.")
  @Nullable String destinationDir;

  @Option(
      names = {"--credential-ttl", "--certificate-ttl"},
      paramLabel = "DURATION",
      description = "The lifetime to ask for, such as 1h.")
  @Nullable String credentialTtl;

  @Option(
      names = "--renewal-interval",
      paramLabel = "DURATION",
      description = "The time between renewals, such as 20m.")
  @Nullable String renewalInterval;

  @Option(
      names = "--diag-addr",
      paramLabel = "HOST:PORT",
      description = "Where health and metrics are served.")
  @Nullable String diagAddr;

  @Option(names = "--oneshot", negatable = true, description = "Write the outputs once and end.")
  @Nullable Boolean oneshot;

  @Option(names = "--insecure", negatable = true, description = "Do not verify the server.")
  @Nullable Boolean insecure;

  @Option(names = "--fips", negatable = true, description = "Use FIPS cryptography only.")
  @Nullable Boolean fips;

  @Option(
      names = {"-d", "--debug"},
      negatable = true,
      description = "Log in detail, and show stack traces.")
  @Nullable Boolean debug;

  /** What was given; the caller may add outputs. */
  ConfigOverrides.Builder overrides() {
    ConfigOverrides.Builder overrides = ConfigOverrides.builder();
    set(overrides, Setting.PROXY_SERVER, proxyServer);
    set(overrides, Setting.AUTH_SERVER, authServer);
    set(overrides, Setting.JOIN_URI, joinUri);
    set(overrides, Setting.TOKEN, token);
    set(overrides, Setting.JOIN_METHOD, joinMethod);
    if (!caPins.isEmpty()) {
      overrides.set(Setting.CA_PIN, caPins.toArray(String[]::new));
    }
    set(overrides, Setting.REGISTRATION_SECRET, registrationSecret);
    set(overrides, Setting.REGISTRATION_SECRET_PATH, registrationSecretPath);
    set(overrides, Setting.STATIC_KEY_PATH, staticKeyPath);
    set(overrides, Setting.STORAGE, storage);
    set(overrides, Setting.DESTINATION_DIR, destinationDir);
    set(overrides, Setting.CREDENTIAL_TTL, credentialTtl);
    set(overrides, Setting.RENEWAL_INTERVAL, renewalInterval);
    set(overrides, Setting.DIAG_ADDR, diagAddr);
    set(overrides, Setting.ONESHOT, on(oneshot));
    set(overrides, Setting.INSECURE, on(insecure));
    set(overrides, Setting.FIPS, on(fips));
    set(overrides, Setting.DEBUG, on(debug));
    return overrides;
  }

  private static @Nullable String on(@Nullable Boolean flag) {
    return flag == null ? null : flag.toString();
  }

  private static void set(ConfigOverrides.Builder into, Setting setting, @Nullable String text) {
    if (text != null) {
      into.set(setting, text);
    }
  }
}
