package io.machineid.config;

import io.machineid.ConfigException;
import io.machineid.config.YamlNode.Entry;
import io.machineid.config.YamlNode.Mapping;
import io.machineid.config.YamlNode.Scalar;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code join_uri}: address, join method, token and a parameter in one. It is turned into the keys
 * that it stands for before anything else is read; each keeps the place of the address.
 */
final class JoinUri {

  static final String KEY = "join_uri";

  private static final Pattern FORM =
      Pattern.compile("tbot\\+(proxy|auth)\\+([a-z0-9-]+)://([^:@/]+)(?::([^@/]*))?@([^@/]+)/?");

  /** The key of the parameter after the token. */
  private static final Map<String, List<String>> PARAMETERS =
      Map.of(
          JoinKeys.BOUND_KEYPAIR, List.of("bound_keypair", "registration_secret"),
          JoinKeys.AZURE, List.of("azure", "client_id"),
          JoinKeys.TERRAFORM_CLOUD, List.of("terraform", "audience_tag"),
          JoinKeys.GITLAB, List.of("gitlab", "token_env_var_name"));

  private JoinUri() {}

  static Mapping expand(Section top) {
    Optional<String> uri = top.string(KEY);
    if (uri.isEmpty()) {
      return top.mapping();
    }
    for (String key : List.of("proxy_server", "auth_server")) {
      if (top.has(key)) {
        throw top.error(key, "and `" + KEY + "`, which holds an address, are both given; keep one");
      }
    }
    Matcher parts = FORM.matcher(uri.get());
    if (!parts.matches()) {
      throw top.error(
          KEY,
          "must be tbot+proxy+METHOD://TOKEN@HOST:PORT, or tbot+auth+…; not shown, as it may"
              + " hold a secret");
    }
    return expand(top, parts);
  }

  private static Mapping expand(Section top, Matcher parts) {
    Mark mark = top.mark(KEY);
    String method = parts.group(2).replace('-', '_');
    Map<String, Entry> onboarding = new LinkedHashMap<>();
    put(onboarding, mark, "join_method", method);
    put(onboarding, mark, "token", decoded(top, parts.group(3)));
    String parameter = parts.group(4);
    if (parameter != null && !parameter.isEmpty()) {
      parameter(top, onboarding, method, decoded(top, parameter));
    }
    addFromFile(top, onboarding);
    Map<String, Entry> entries = new LinkedHashMap<>(top.mapping().entries());
    entries.remove(KEY);
    put(entries, mark, parts.group(1) + "_server", parts.group(5));
    entries.put("onboarding", new Entry(mark, new Mapping(mark, onboarding)));
    return new Mapping(top.mark(), entries);
  }

  private static void parameter(
      Section top, Map<String, Entry> onboarding, String method, String value) {
    List<String> path = PARAMETERS.get(method);
    if (path == null) {
      throw top.error(KEY, "has a parameter after the token, but the join method takes none");
    }
    Mark mark = top.mark(KEY);
    Map<String, Entry> inner = new LinkedHashMap<>();
    put(inner, mark, path.get(1), value);
    onboarding.put(path.get(0), new Entry(mark, new Mapping(mark, inner)));
  }

  /** Pins and the like stand beside the address; what it says itself must not. */
  private static void addFromFile(Section top, Map<String, Entry> onboarding) {
    top.section("onboarding")
        .ifPresent(
            section ->
                section
                    .mapping()
                    .entries()
                    .forEach(
                        (key, entry) -> {
                          @Nullable Entry before = onboarding.putIfAbsent(key, entry);
                          if (before != null && section.has(key)) {
                            throw section.error(key, "is in `" + KEY + "` already; remove it");
                          }
                        }));
  }

  private static void put(Map<String, Entry> into, Mark mark, String key, String value) {
    into.put(key, new Entry(mark, new Scalar(mark, Scalar.Type.STRING, value)));
  }

  private static String decoded(Section top, String text) throws ConfigException {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw top.error(KEY, "has a `%` that begins no encoded character");
    }
  }
}
