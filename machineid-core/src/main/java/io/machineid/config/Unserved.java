package io.machineid.config;

import java.util.List;
import java.util.Map;

/** What {@code tbot} understands, in some version, and machineid does not: refused by name. */
final class Unserved {

  /**
   * Keys of version 1 files, which tell old from new even where {@code version} was changed by
   * hand.
   */
  static final Map<String, String> VERSION_1 =
      Map.of("destinations", "is a key of version 1; in version 2 it is `outputs`");

  private static final Map<String, String> OUTPUT_TYPES =
      Map.ofEntries(
          Map.entry("application", "applications"),
          Map.entry("application-tunnel", "applications"),
          Map.entry("application-proxy", "applications"),
          Map.entry("database", "databases"),
          Map.entry("database-tunnel", "databases"),
          Map.entry("ssh_host", "SSH"),
          Map.entry("ssh-multiplexer", "SSH"),
          Map.entry("spiffe-svid", "workload identity (SPIFFE)"),
          Map.entry("spiffe-workload-api", "workload identity (SPIFFE)"),
          Map.entry("workload-identity-x509", "workload identity (SPIFFE)"),
          Map.entry("workload-identity-jwt", "workload identity (SPIFFE)"),
          Map.entry("workload-identity-api", "workload identity (SPIFFE)"),
          Map.entry("workload-identity-aws-roles-anywhere", "workload identity (SPIFFE)"),
          Map.entry("example", "trying tbot out"));

  private Unserved() {}

  static void refuseOutput(Section section, String type) {
    String purpose = OUTPUT_TYPES.get(type);
    if (purpose != null) {
      throw section
          .mark("type")
          .error(
              "type `"
                  + type
                  + "` is for "
                  + purpose
                  + ", which tbot serves and machineid does not; remove `"
                  + section.path()
                  + "`, or leave it to tbot. machineid serves: "
                  + String.join(", ", OutputKeys.TYPES));
    }
  }

  /** Types that are refused by name. */
  static List<String> outputTypes() {
    return List.copyOf(OUTPUT_TYPES.keySet());
  }
}
