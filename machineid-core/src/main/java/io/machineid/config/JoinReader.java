package io.machineid.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the join method, its token, and the keys that only this method has. */
final class JoinReader {

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern WORD = Pattern.compile("[a-z_-]{1,20}");
  private static final String SECRET = "registration_secret";
  private static final String SECRET_PATH = "registration_secret_path";
  private static final String KEY_PATH = "static_private_key_path";

  private final Section onboarding;

  JoinReader(Section onboarding) {
    this.onboarding = onboarding;
  }

  JoinConfig read() {
    String method = method();
    onboarding.allow(JoinKeys.keys(method), JoinKeys.ofOthers(method));
    Optional<JoinToken> token = onboarding.string(JoinKeys.TOKEN).map(this::token);
    return method.equals(JoinKeys.TOKEN)
        ? new JoinConfig.Token(token)
        : delegated(method, token.orElseThrow(() -> noToken(method)));
  }

  private RuntimeException noToken(String method) {
    return onboarding.error(
        JoinKeys.TOKEN,
        "is missing; for `join_method: " + method + "` it is the name of the token resource");
  }

  private JoinConfig delegated(String method, JoinToken token) {
    return switch (method) {
      case JoinKeys.AZURE -> new JoinConfig.Azure(token, text("azure", "client_id"));
      case JoinKeys.KUBERNETES ->
          new JoinConfig.Kubernetes(token, path("kubernetes", "token_path", List.of("token_path")));
      case JoinKeys.GITLAB ->
          new JoinConfig.Gitlab(
              token,
              section("gitlab", List.of("token_env_var_name"))
                  .flatMap(inner -> variable(inner, "token_env_var_name"))
                  .orElse(JoinConfig.Gitlab.DEFAULT_VARIABLE));
      case JoinKeys.TERRAFORM_CLOUD ->
          new JoinConfig.TerraformCloud(token, text("terraform", "audience_tag"));
      case JoinKeys.BOUND_KEYPAIR -> boundKeypair(token);
      case JoinKeys.GENERIC_OIDC -> genericOidc(token);
      default -> new JoinConfig.Ambient(method, token);
    };
  }

  /** A text that may be a token in the wrong line is not shown. */
  private String method() {
    String method = onboarding.required("join_method", "`join_method: token`");
    if (method.equals("ec2")) {
      throw onboarding.error(
          "join_method", "is `ec2`, by which hosts join, but no bot; on AWS use `iam`");
    }
    List<String> methods = JoinKeys.methods();
    if (!methods.contains(method)) {
      String found = WORD.matcher(method).matches() ? " `" + method + "`" : "";
      throw onboarding
          .mark("join_method")
          .error(
              "unknown join method"
                  + found
                  + Values.suggestion(method, methods)
                  + (found.isEmpty() ? "; " : " ")
                  + "Teleport knows "
                  + String.join(", ", methods));
    }
    return method;
  }

  private JoinToken token(String text) {
    if (text.isBlank()) {
      throw onboarding.error(JoinKeys.TOKEN, "is blank; give the name of a join token");
    }
    return JoinToken.of(text.strip());
  }

  private Optional<Section> section(String key, List<String> keys) {
    return onboarding.section(key).map(inner -> inner.allow(keys, Map.of()));
  }

  private Optional<String> text(String key, String only) {
    return section(key, List.of(only)).flatMap(inner -> inner.string(only));
  }

  private Optional<Path> path(String key, String wanted, List<String> keys) {
    return section(key, keys)
        .flatMap(inner -> inner.string(wanted).map(text -> Paths.parse(inner, wanted, text)));
  }

  private static Optional<String> variable(Section section, String key) {
    Optional<String> name = section.string(key);
    if (name.isPresent() && !VARIABLE.matcher(name.get()).matches()) {
      throw section.error(key, "must be the name of an environment variable");
    }
    return name;
  }

  private JoinConfig boundKeypair(JoinToken token) {
    List<String> keys = List.of(SECRET, SECRET_PATH, KEY_PATH);
    Optional<Section> inner = section(JoinKeys.BOUND_KEYPAIR, keys);
    inner.ifPresent(section -> onlyOne(section, keys));
    Optional<SecretText> secret =
        inner.flatMap(section -> section.string(SECRET).map(text -> secret(section, text)));
    return new JoinConfig.BoundKeypair(
        token,
        secret,
        path(JoinKeys.BOUND_KEYPAIR, SECRET_PATH, keys),
        path(JoinKeys.BOUND_KEYPAIR, KEY_PATH, keys));
  }

  private static SecretText secret(Section section, String text) {
    if (text.isBlank()) {
      throw section.error(SECRET, "is blank");
    }
    return SecretText.of(text.strip());
  }

  private static void onlyOne(Section section, List<String> keys) {
    List<String> given = new ArrayList<>(keys);
    given.removeIf(key -> section.string(key).isEmpty());
    if (given.size() > 1) {
      throw section.error(
          given.get(1), "and `" + given.get(0) + "` are both given; keep one of them");
    }
  }

  private JoinConfig genericOidc(JoinToken token) {
    Section section =
        section(JoinKeys.GENERIC_OIDC, List.of("env", "command", "timeout"))
            .orElseThrow(
                () ->
                    onboarding.error(
                        JoinKeys.GENERIC_OIDC, "is missing; it holds `env` or `command`"));
    Optional<String> variable = variable(section, "env");
    List<String> command = section.strings("command");
    Optional<Duration> timeout = section.duration("timeout");
    if (variable.isPresent() != command.isEmpty()) {
      throw section.mark().error("`" + section.path() + "` must have one of `env` and `command`");
    }
    if (timeout.isPresent() && command.isEmpty()) {
      throw section.error("timeout", "is for a `command`; remove it");
    }
    return new JoinConfig.GenericOidc(token, variable, command, timeout);
  }
}
