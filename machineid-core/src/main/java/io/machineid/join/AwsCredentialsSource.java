package io.machineid.join;

/**
 * Where the credentials of AWS come from that a join by {@code iam} is signed with. Called for each
 * join, on a thread of its own, and interrupted when it takes longer than half a minute.
 */
@FunctionalInterface
public interface AwsCredentialsSource {

  /**
   * Fetches credentials now. May block.
   *
   * @return credentials that are valid for a minute or more
   * @throws Exception when there are none
   */
  AwsCredentials credentials() throws Exception;
}
