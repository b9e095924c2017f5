package io.machineid.join;

import java.util.Objects;

/**
 * What Azure says of a machine: a document with the cluster's challenge in it, and a token of the
 * machine's managed identity. Both are secrets for a while; {@code toString()} shows neither.
 */
public final class AzureEvidence {

  private final String attestedData;
  private final String accessToken;

  private AzureEvidence(String attestedData, String accessToken) {
    this.attestedData = attestedData;
    this.accessToken = accessToken;
  }

  /**
   * Holds evidence.
   *
   * @param attestedData the attested document, as the metadata service answers it
   * @param accessToken a token for Azure's resource manager
   * @return the evidence
   */
  public static AzureEvidence of(String attestedData, String accessToken) {
    return new AzureEvidence(
        Objects.requireNonNull(attestedData, "attestedData"),
        Objects.requireNonNull(accessToken, "accessToken"));
  }

  /**
   * The attested document.
   *
   * @return the whole JSON answer of the metadata service
   */
  public String exposeAttestedData() {
    return attestedData;
  }

  /**
   * The token of the managed identity: do not log it.
   *
   * @return the token
   */
  public String exposeAccessToken() {
    return accessToken;
  }

  @Override
  public String toString() {
    return "AzureEvidence[…]";
  }
}
