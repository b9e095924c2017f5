package io.machineid.join;

import io.machineid.ConfigException;
import io.machineid.JoinException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A join method whose evidence is an ID token that the platform issues to what runs on it: {@code
 * kubernetes}, {@code github}, {@code gitlab} and the like. The identity is not renewed with
 * itself: the bot joins again, each time with a fresh token, and so comes back from any outage.
 *
 * <p>Immutable and thread-safe. The methods that set something return a changed copy.
 */
public final class IdTokenJoin implements JoinMethod {

  private static final int LIMIT_CHARACTERS = 64 * 1024;
  private static final Pattern JWT =
      Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++");

  /** How a method gets its token where the user does not say otherwise. */
  interface Platform {

    /** Fetches a token; blocks, in bounded time. */
    String idToken(Surroundings surroundings) throws Exception;
  }

  private final String method;
  private final TokenText tokenName;
  private final Map<String, String> environment;
  private final Platform platform;

  private IdTokenJoin(
      String method, TokenText tokenName, Map<String, String> environment, Platform platform) {
    this.method = method;
    this.tokenName = tokenName;
    this.environment = environment;
    this.platform = platform;
  }

  static IdTokenJoin of(String method, String tokenName, Platform platform) {
    return new IdTokenJoin(method, TokenText.literal(tokenName), System.getenv(), platform);
  }

  /**
   * Takes the ID token from elsewhere than where the method would look.
   *
   * @param source brings a token for each join
   * @return a copy with that source
   */
  public IdTokenJoin source(IdTokenSource source) {
    Objects.requireNonNull(source, "source");
    return new IdTokenJoin(method, tokenName, environment, surroundings -> source.idToken());
  }

  /**
   * Looks into other variables than those of this process, as tests want it.
   *
   * @param variables names and values
   * @return a copy with that environment
   */
  public IdTokenJoin environment(Map<String, String> variables) {
    return new IdTokenJoin(method, tokenName, Map.copyOf(variables), platform);
  }

  /**
   * Reads the name of the token resource from a file, whenever the bot joins.
   *
   * @param file holds the name and nothing else but white space
   * @return a copy with that name
   */
  public IdTokenJoin tokenNameFile(Path file) {
    return new IdTokenJoin(method, TokenText.file(file), environment, platform);
  }

  @Override
  public String name() {
    return method;
  }

  /**
   * The name of the token resource in the cluster, which is no secret.
   *
   * @return the name
   * @throws ConfigException when it is in a file that cannot be read
   */
  @Override
  public String exposeToken() {
    return tokenName.value();
  }

  /**
   * Fetches an ID token now: a secret while it is valid. Blocks, half a minute at most.
   *
   * @param proxies the HTTP proxies to go through where a platform's service is not on this machine
   * @return a token, in the form of one
   * @throws JoinException when there is none
   */
  public String exposeIdToken(ProxySelector proxies) {
    Surroundings surroundings = new Surroundings(method, environment, proxies);
    String token =
        Evidence.within(method, Evidence.LONGEST, () -> platform.idToken(surroundings)).strip();
    if (token.isEmpty()) {
      throw Evidence.lasting(method, "the ID token is empty");
    }
    if (token.length() > LIMIT_CHARACTERS) {
      throw Evidence.lasting(
          method, "the ID token is larger than %d KiB".formatted(LIMIT_CHARACTERS / 1024));
    }
    if (!JWT.matcher(token).matches()) {
      throw Evidence.lasting(
          method,
          "what should be an ID token is no JSON Web Token (three parts with dots between them)");
    }
    return token;
  }

  @Override
  public String toString() {
    return method + " (token name " + tokenName + ")";
  }
}
