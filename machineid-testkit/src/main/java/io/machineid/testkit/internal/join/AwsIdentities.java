package io.machineid.testkit.internal.join;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Whom the made-up AWS knows, by the ids of their keys. Thread-safe. */
public final class AwsIdentities {

  private final Map<String, AwsIdentity> byKey = new ConcurrentHashMap<>();

  /**
   * Somebody.
   *
   * @param secretAccessKey the key that signs
   * @param sessionToken what has to come along with temporary credentials
   * @param account the account
   * @param arn who it is
   */
  public record AwsIdentity(
      String secretAccessKey, Optional<String> sessionToken, String account, String arn) {

    @Override
    public String toString() {
      return "AwsIdentity[" + arn + "]";
    }
  }

  /** Adds somebody. */
  public void put(String accessKeyId, AwsIdentity identity) {
    byKey.put(accessKeyId, identity);
  }

  Optional<AwsIdentity> ofKey(String accessKeyId) {
    return Optional.ofNullable(byKey.get(accessKeyId));
  }
}
