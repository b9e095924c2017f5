package io.machineid.join;

/**
 * Where the evidence of a join by {@code azure} comes from. Called for each join, on a thread of
 * its own, and interrupted when it takes longer than half a minute.
 */
@FunctionalInterface
public interface AzureEvidenceSource {

  /**
   * Fetches evidence now. May block.
   *
   * @param challenge what the cluster sent; the attested document must hold it as its nonce
   * @return the evidence
   * @throws Exception when there is none
   */
  AzureEvidence evidence(String challenge) throws Exception;
}
