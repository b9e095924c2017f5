package io.machineid.join;

import io.machineid.ConfigException;
import io.machineid.JoinException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/**
 * The join method {@code oracle}: the certificate that Oracle Cloud gives to a compute instance,
 * and requests that are signed with it and that the cluster sends. Immutable and thread-safe. The
 * methods that set something return a changed copy.
 */
public final class OracleJoin implements JoinMethod {

  static final String NAME = "oracle";

  private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9+/=_-]{1,256}");

  private final TokenText tokenName;
  private final Optional<OracleEvidenceSource> source;
  private final Map<String, String> environment;

  private OracleJoin(
      TokenText tokenName, Optional<OracleEvidenceSource> source, Map<String, String> environment) {
    this.tokenName = tokenName;
    this.source = source;
    this.environment = environment;
  }

  static OracleJoin of(String tokenName) {
    return new OracleJoin(TokenText.literal(tokenName), Optional.empty(), System.getenv());
  }

  /**
   * Takes the evidence from elsewhere than the instance's metadata service.
   *
   * @param evidence brings evidence for each join
   * @return a copy with that source
   */
  public OracleJoin source(OracleEvidenceSource evidence) {
    return new OracleJoin(
        tokenName, Optional.of(Objects.requireNonNull(evidence, "evidence")), environment);
  }

  /**
   * Looks into other variables than those of this process, as tests want it.
   *
   * @param variables names and values
   * @return a copy with that environment
   */
  public OracleJoin environment(Map<String, String> variables) {
    return new OracleJoin(tokenName, source, Map.copyOf(variables));
  }

  /**
   * Reads the name of the token resource from a file, whenever the bot joins.
   *
   * @param file holds the name and nothing else but white space
   * @return a copy with that name
   */
  public OracleJoin tokenNameFile(Path file) {
    return new OracleJoin(TokenText.file(file), source, environment);
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
   * Makes the evidence for the join service of Teleport 18. Blocks, half a minute at most.
   *
   * @param challenge what the cluster sent
   * @param now the time, by which Oracle judges the signed request
   * @param proxies the HTTP proxies on the way to Oracle's authentication service
   * @return the evidence
   * @throws JoinException when there is none
   */
  public OracleProof proof(String challenge, Instant now, ProxySelector proxies) {
    OracleProof proof = within(challenge, () -> source(proxies).proof(challenge, now));
    EvidenceSize.check(NAME, proof.size());
    return proof;
  }

  /**
   * Makes the evidence for Teleport 17. Blocks, half a minute at most.
   *
   * @param challenge what the cluster sent
   * @param now the time, by which Oracle judges the requests
   * @param proxies the HTTP proxies on the way to Oracle's authentication service
   * @return the evidence
   * @throws JoinException when there is none
   */
  public OracleSignedRequests signedRequests(String challenge, Instant now, ProxySelector proxies) {
    OracleSignedRequests requests =
        within(challenge, () -> source(proxies).signedRequests(challenge, now));
    EvidenceSize.check(NAME, requests.size());
    return requests;
  }

  private OracleEvidenceSource source(ProxySelector proxies) {
    return source.orElseGet(() -> new OracleInstance(new Surroundings(NAME, environment, proxies)));
  }

  private static <T> T within(String challenge, Callable<T> evidence) {
    if (!CHALLENGE.matcher(challenge).matches()) {
      throw Evidence.lasting(
          NAME, "the cluster's challenge is not of the form that it should have");
    }
    return Evidence.within(NAME, Evidence.LONGEST, evidence);
  }

  @Override
  public String toString() {
    return "oracle (token name " + tokenName + ")";
  }
}
