package io.machineid.join;

import io.machineid.ConfigException;
import io.machineid.JoinException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.time.Duration;
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

  /** With what the evidence may take, within the time that a join has. */
  private static final Duration LONGEST_LIST = Duration.ofSeconds(15);

  private final TokenText tokenName;
  private final Map<String, String> environment;
  private final Platform platform;
  private final Optional<AzureCertificateSource> certificates;

  private AzureJoin(
      TokenText tokenName,
      Map<String, String> environment,
      Platform platform,
      Optional<AzureCertificateSource> certificates) {
    this.tokenName = tokenName;
    this.environment = environment;
    this.platform = platform;
    this.certificates = certificates;
  }

  static AzureJoin of(String tokenName, Optional<String> clientId) {
    return new AzureJoin(
        TokenText.literal(tokenName),
        System.getenv(),
        (surroundings, challenge) -> new AzureMetadata(surroundings, clientId).evidence(challenge),
        Optional.empty());
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
        tokenName,
        environment,
        (surroundings, challenge) -> source.evidence(challenge),
        certificates);
  }

  /**
   * Takes the certificates of Microsoft's authorities from elsewhere than where they are published,
   * for networks without a way to there.
   *
   * @param source brings a certificate
   * @return a copy with that source
   */
  public AzureJoin certificates(AzureCertificateSource source) {
    return new AzureJoin(
        tokenName, environment, platform, Optional.of(Objects.requireNonNull(source, "source")));
  }

  /**
   * Looks into other variables than those of this process, as tests want it.
   *
   * @param variables names and values
   * @return a copy with that environment
   */
  public AzureJoin environment(Map<String, String> variables) {
    return new AzureJoin(tokenName, Map.copyOf(variables), platform, certificates);
  }

  /**
   * Reads the name of the token resource from a file, whenever the bot joins.
   *
   * @param file holds the name and nothing else but white space
   * @return a copy with that name
   */
  public AzureJoin tokenNameFile(Path file) {
    return new AzureJoin(TokenText.file(file), environment, platform, certificates);
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
    AzureEvidence evidence =
        Evidence.within(NAME, Evidence.LONGEST, () -> platform.evidence(surroundings, challenge));
    EvidenceSize.check(NAME, evidence.size());
    return evidence;
  }

  /**
   * The certificates between the signer of an attested document and Microsoft's root, which
   * Teleport 18 wants to be given: those of the evidence, or else fetched now. Blocks, a quarter of
   * a minute at most.
   *
   * @param evidence what was fetched for the challenge
   * @param proxies the HTTP proxies on the way to where they are published
   * @return DER, one after the other
   * @throws JoinException when one of them cannot be had
   */
  public byte[] intermediates(AzureEvidence evidence, ProxySelector proxies) {
    Surroundings surroundings = new Surroundings(NAME, environment, proxies);
    AzureCertificateSource source =
        certificates.orElse(
            address ->
                new PlatformRequest(surroundings, "Microsoft's list of authorities", address)
                    .bytes());
    return evidence
        .intermediates()
        .orElseGet(
            () ->
                Evidence.within(
                    NAME,
                    LONGEST_LIST,
                    () -> new AzureIntermediates(source).of(evidence.exposeAttestedData())));
  }

  @Override
  public String toString() {
    return "azure (token name " + tokenName + ")";
  }
}
