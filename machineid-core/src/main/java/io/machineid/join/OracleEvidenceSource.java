package io.machineid.join;

import java.time.Instant;

/**
 * Where the evidence of a join by {@code oracle} comes from. One of the two is called for each
 * join, on a thread of its own, and interrupted when it takes longer than half a minute.
 */
public interface OracleEvidenceSource {

  /**
   * Proves to the join service of Teleport 18 which instance this is. May block.
   *
   * @param challenge what the cluster sent; to be signed with the key of the instance
   * @param now the time, by which Oracle judges the signed request
   * @return the evidence
   * @throws Exception when there is none
   */
  OracleProof proof(String challenge, Instant now) throws Exception;

  /**
   * Signs the requests by which Teleport 17 asks Oracle which instance this is. May block.
   *
   * @param challenge what the cluster sent; to be in a signed header of both requests
   * @param now the time, by which Oracle judges the requests
   * @return the evidence
   * @throws Exception when there is none
   */
  OracleSignedRequests signedRequests(String challenge, Instant now) throws Exception;
}
