package io.machineid.testkit.internal.state;

import java.util.Optional;

/**
 * Which Teleport a cluster is like.
 *
 * @param major the first number
 * @param number all of it
 */
public record TeleportVersion(int major, String number) {

  private static final int WITH_INSTANCES = 17;
  private static final int WITH_PATHS = 17;
  private static final int WITH_SUITES = 17;

  /** What everything was recorded from. */
  public static final TeleportVersion OLDEST = new TeleportVersion(16, "16.0.0-dev");

  /**
   * By its first number.
   *
   * @throws IllegalArgumentException where there is no such personality
   */
  public static TeleportVersion of(String major) {
    return switch (major) {
      case "16" -> OLDEST;
      case "17" -> new TeleportVersion(17, "17.7.0");
      case "18" -> new TeleportVersion(18, "18.1.0");
      default ->
          throw new IllegalArgumentException(
              "there are the versions 16, 17 and 18, but not " + major);
    };
  }

  /** The oldest clients that it says it serves. */
  public String oldestClient() {
    return (major - 1) + ".0.0";
  }

  /** Whether bots have instances, and tell of themselves. */
  public boolean hasBotInstances() {
    return major >= WITH_INSTANCES;
  }

  /** Whether requests may say in their path which Kubernetes cluster they are for. */
  public boolean routesByPath() {
    return major >= WITH_PATHS;
  }

  /** The kind of keys that clients are told to make: as in a cluster that was made before 17. */
  public Optional<String> signatureSuite() {
    return major >= WITH_SUITES ? Optional.of("legacy") : Optional.empty();
  }
}
