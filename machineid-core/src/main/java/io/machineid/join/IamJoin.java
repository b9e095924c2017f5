package io.machineid.join;

import io.machineid.ConfigException;
import io.machineid.JoinException;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The join method {@code iam}: a request to AWS that says who we are, signed but not sent; the
 * cluster sends it. Immutable and thread-safe. The methods that set something return a changed
 * copy.
 */
public final class IamJoin implements JoinMethod {

  static final String NAME = "iam";

  private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,40}");
  private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9+/=_-]{1,256}");

  private final TokenText tokenName;
  private final Optional<AwsCredentialsSource> source;
  private final Optional<String> region;
  private final Map<String, String> environment;

  private IamJoin(
      TokenText tokenName,
      Optional<AwsCredentialsSource> source,
      Optional<String> region,
      Map<String, String> environment) {
    this.tokenName = tokenName;
    this.source = source;
    this.region = region;
    this.environment = environment;
  }

  static IamJoin of(String tokenName) {
    return new IamJoin(
        TokenText.literal(tokenName), Optional.empty(), Optional.empty(), System.getenv());
  }

  /**
   * Takes credentials from elsewhere than from variables and the AWS SDK.
   *
   * @param credentials brings them for each join
   * @return a copy with that source
   */
  public IamJoin source(AwsCredentialsSource credentials) {
    return new IamJoin(
        tokenName,
        Optional.of(Objects.requireNonNull(credentials, "credentials")),
        region,
        environment);
  }

  /**
   * Asks in a region of one's own choice. Default: that of {@code AWS_REGION}, of the AWS SDK, or
   * {@code us-east-1}.
   *
   * @param name the region, such as {@code eu-central-1}
   * @return a copy with that region
   */
  public IamJoin region(String name) {
    return new IamJoin(tokenName, source, Optional.of(name), environment);
  }

  /**
   * Looks into other variables than those of this process, as tests want it.
   *
   * @param variables names and values
   * @return a copy with that environment
   */
  public IamJoin environment(Map<String, String> variables) {
    return new IamJoin(tokenName, source, region, Map.copyOf(variables));
  }

  /**
   * Reads the name of the token resource from a file, whenever the bot joins.
   *
   * @param file holds the name and nothing else but white space
   * @return a copy with that name
   */
  public IamJoin tokenNameFile(Path file) {
    return new IamJoin(TokenText.file(file), source, region, environment);
  }

  @Override
  public String name() {
    return NAME;
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
   * Signs a request that answers a challenge: a secret for some minutes. Blocks, half a minute at
   * most. Where {@code AWS_USE_FIPS_ENDPOINT} is {@code true}, it is for a FIPS endpoint.
   *
   * @param challenge what the cluster sent
   * @param now the time, by which AWS judges the request
   * @return the request as it would go over the wire
   * @throws JoinException when there are no credentials
   */
  public byte[] exposeSignedRequest(String challenge, Instant now) {
    if (!CHALLENGE.matcher(challenge).matches()) {
      throw Evidence.lasting(
          NAME, "the cluster's challenge is not of the form that it should have");
    }
    Surroundings surroundings =
        new Surroundings(NAME, environment, ProxySelector.of(null)); // the SDK has its own
    Found found = Evidence.within(NAME, Evidence.LONGEST, () -> find(surroundings));
    if (!REGION.matcher(found.region()).matches()) {
      throw Evidence.lasting(NAME, "what should be the name of an AWS region is none");
    }
    boolean fips =
        surroundings
            .variable("AWS_USE_FIPS_ENDPOINT")
            .filter(value -> value.equalsIgnoreCase("true"))
            .isPresent();
    return request(found.credentials(), StsEndpoint.of(found.region(), fips), challenge, now);
  }

  /** What the platform says, all of which may take its time. */
  private record Found(AwsCredentials credentials, String region) {}

  private Found find(Surroundings surroundings) throws Exception {
    return new Found(
        credentials(surroundings), region.orElseGet(() -> AwsPlatform.region(surroundings)));
  }

  private AwsCredentials credentials(Surroundings surroundings) throws Exception {
    return source.isPresent() ? source.get().credentials() : AwsPlatform.credentials(surroundings);
  }

  private static byte[] request(
      AwsCredentials credentials, StsEndpoint endpoint, String challenge, Instant now) {
    SigV4 signer = new SigV4(endpoint.region(), "sts", now);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", endpoint.host());
    headers.put("Accept", "application/json");
    headers.put("Content-Length", Integer.toString(BODY.length()));
    headers.put("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    headers.put("X-Amz-Date", signer.stamp());
    credentials.exposeSessionToken().ifPresent(token -> headers.put("X-Amz-Security-Token", token));
    headers.put("X-Teleport-Challenge", challenge);
    headers.put("Authorization", signer.authorization(credentials, "POST", headers, BODY));
    StringBuilder raw = new StringBuilder("POST / HTTP/1.1\r\n");
    headers.forEach((name, value) -> raw.append(name).append(": ").append(value).append("\r\n"));
    return raw.append("\r\n").append(BODY).toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "iam (token name " + tokenName + ")";
  }
}
