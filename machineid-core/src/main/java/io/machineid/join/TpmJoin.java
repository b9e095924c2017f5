package io.machineid.join;

import io.machineid.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * The join method {@code tpm}: the TPM 2.0 of the machine, which proves that it holds the
 * endorsement key that the token resource knows. Immutable and thread-safe. The methods that set
 * something return a changed copy.
 */
public final class TpmJoin implements JoinMethod {

  static final String NAME = "tpm";

  /** Hardware makes an RSA key in seconds, and seldom in many; two of them may be needed. */
  private static final Duration LONGEST = Duration.ofSeconds(90);

  private final TokenText tokenName;
  private final TpmSource source;
  private final Duration longest;

  private TpmJoin(TokenText tokenName, TpmSource source, Duration longest) {
    this.tokenName = tokenName;
    this.source = source;
    this.longest = longest;
  }

  static TpmJoin of(String tokenName) {
    return new TpmJoin(TokenText.literal(tokenName), TpmSource.device(), LONGEST);
  }

  /**
   * Uses another TPM than the one that Linux has devices for.
   *
   * @param tpm opens it for each join
   * @return a copy with that source
   */
  public TpmJoin source(TpmSource tpm) {
    return new TpmJoin(tokenName, Objects.requireNonNull(tpm, "tpm"), longest);
  }

  /**
   * Reads the name of the token resource from a file, whenever the bot joins.
   *
   * @param file holds the name and nothing else but white space
   * @return a copy with that name
   */
  public TpmJoin tokenNameFile(Path file) {
    return new TpmJoin(TokenText.file(file), source, longest);
  }

  /** Gives up on a silent TPM after that time, and not after a minute and a half. */
  TpmJoin patience(Duration time) {
    return new TpmJoin(tokenName, source, time);
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
   * Begins a join. The TPM is opened when it is first asked.
   *
   * @return to be closed when the join is over
   */
  public TpmSession open() {
    return new TpmSession(source, longest);
  }

  @Override
  public String toString() {
    return "tpm (token name " + tokenName + ")";
  }
}
