package io.machineid.internal.discovery;

import io.machineid.internal.transport.AuthChannels;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a cluster and this library understand each other. */
public final class Versions {

  private static final int OLDEST_SERVER = 16;
  private static final Pattern MAJOR = Pattern.compile("v?([0-9]{1,4})\\..*");
  private static final int NEWEST_CLIENT = major(AuthChannels.TELEPORT_VERSION).orElseThrow();

  private Versions() {}

  /**
   * Why a cluster cannot be used, by what it says of itself.
   *
   * @return what to do, or empty where nothing speaks against it
   */
  public static Optional<String> misfit(FoundCluster found) {
    Optional<Integer> server = major(found.serverVersion());
    if (server.isPresent() && server.get() < OLDEST_SERVER) {
      return Optional.of(
          "the cluster %s runs Teleport %s; this version of machineid works with %d and newer. Have the cluster updated"
              .formatted(found.clusterName(), found.serverVersion(), OLDEST_SERVER));
    }
    Optional<String> oldest = found.oldestClient();
    if (oldest.flatMap(Versions::major).filter(wanted -> wanted > NEWEST_CLIENT).isPresent()) {
      return Optional.of(
          "the cluster %s (Teleport %s) takes clients from version %s on; this version of machineid speaks the protocol of %s. Use a newer machineid"
              .formatted(
                  found.clusterName(),
                  found.serverVersion(),
                  oldest.get(),
                  AuthChannels.TELEPORT_VERSION));
    }
    return Optional.empty();
  }

  /** The first number of a version, where it is one. */
  public static Optional<Integer> major(String version) {
    Matcher matcher = MAJOR.matcher(version);
    return matcher.matches() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
  }
}
