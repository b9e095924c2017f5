package io.machineid.join;

import java.util.Objects;
import java.util.Optional;

/**
 * What Azure says of a machine: a document with the cluster's challenge in it, and a token of the
 * machine's managed identity. Both are secrets for a while; {@code toString()} shows neither.
 */
public final class AzureEvidence {

  private final String attestedData;
  private final String accessToken;
  private final Optional<byte[]> intermediates;

  private AzureEvidence(String attestedData, String accessToken, Optional<byte[]> intermediates) {
    this.attestedData = attestedData;
    this.accessToken = accessToken;
    this.intermediates = intermediates;
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
        Objects.requireNonNull(accessToken, "accessToken"),
        Optional.empty());
  }

  /**
   * Holds evidence together with what else Teleport 18 wants to see, and what would be fetched from
   * Microsoft otherwise.
   *
   * @param attestedData the attested document, as the metadata service answers it
   * @param accessToken a token for Azure's resource manager
   * @param intermediates the certificates between the document's signer and the root, DER, one
   *     after the other
   * @return the evidence
   */
  public static AzureEvidence of(String attestedData, String accessToken, byte[] intermediates) {
    return new AzureEvidence(
        Objects.requireNonNull(attestedData, "attestedData"),
        Objects.requireNonNull(accessToken, "accessToken"),
        Optional.of(intermediates.clone()));
  }

  /**
   * The certificates between the document's signer and the root.
   *
   * @return DER, one after the other; empty where they have to be fetched
   */
  public Optional<byte[]> intermediates() {
    return intermediates.map(byte[]::clone);
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

  long size() {
    return (long) attestedData.length()
        + accessToken.length()
        + intermediates.map(bytes -> bytes.length).orElse(0);
  }

  @Override
  public String toString() {
    return "AzureEvidence[…]";
  }
}
