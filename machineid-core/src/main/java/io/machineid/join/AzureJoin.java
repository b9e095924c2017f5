package io.machineid.join;

import io.machineid.ConfigException;
import io.machineid.JoinException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The join method {@code azure}: a document that Azure's metadata service signs for the machine,
 * and a token of its managed identity. Immutable and thread-safe. The methods that set something
 * return a changed copy.
 */
public final class AzureJoin implements JoinMethod {

  static final String NAME = "azure";

  private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_=-]{1,256}");

  /** How the evidence is fetched where the user does not say otherwise. */
  private interface Platform {
    AzureEvidence evidence(Surroundings surroundings, String challenge) throws Exception;
  }

  private final TokenText tokenName;
  private final Map<String, String> environment;
  private final Platform platform;

  private AzureJoin(TokenText tokenName, Map<String, String> environment, Platform platform) {
    this.tokenName = tokenName;
    this.environment = environment;
    this.platform = platform;
  }

  static AzureJoin of(String tokenName, Optional<String> clientId) {
    return new AzureJoin(
        TokenText.literal(tokenName),
        System.getenv(),
        (surroundings, challenge) -> new AzureMetadata(surroundings, clientId).evidence(challenge));
  }

  /**
   * Takes the evidence from elsewhere than the machine's metadata service.
   *
   * @param source brings evidence for each join
   * @return a copy with that source
   */
  public AzureJoin source(AzureEvidenceSource source) {
    Objects.requireNonNull(source, "source");
    return new AzureJoin(
        tokenName, environment, (surroundings, challenge) -> source.evidence(challenge));
  }

  /**
   * Looks into other variables than those of this process, as tests want it.
   *
   * @param variables names and values
   * @return a copy with that environment
   */
  public AzureJoin environment(Map<String, String> variables) {
    return new AzureJoin(tokenName, Map.copyOf(variables), platform);
  }

  /**
   * Reads the name of the token resource from a file, whenever the bot joins.
   *
   * @param file holds the name and nothing else but white space
   * @return a copy with that name
   */
  public AzureJoin tokenNameFile(Path file) {
    return new AzureJoin(TokenText.file(file), environment, platform);
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
   * Fetches evidence now. Blocks, half a minute at most.
   *
   * @param challenge what the cluster sent
   * @return the evidence
   * @throws JoinException when there is none
   */
  public AzureEvidence evidence(String challenge) {
    if (!CHALLENGE.matcher(challenge).matches()) {
      throw Evidence.lasting(
          NAME, "the cluster's challenge is not of the form that it should have");
    }
    Surroundings surroundings = new Surroundings(NAME, environment, ProxySelector.of(null));
    return Evidence.within(
        NAME, Evidence.LONGEST, () -> platform.evidence(surroundings, challenge));
  }

  @Override
  public String toString() {
    return "azure (token name " + tokenName + ")";
  }
}
