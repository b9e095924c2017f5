package io.machineid.config;

import java.util.List;
import java.util.Objects;

/**
 * Where the output that flags describe goes, and who may read it there. It is checked when it is
 * used. Immutable.
 *
 * @param destination {@code --destination}: a path, {@code file://PATH} or {@code memory://}
 * @param readerUsers each a {@code --reader-user}: a name or number; for a directory only
 * @param readerGroups each a {@code --reader-group}
 */
public record FlagPlace(String destination, List<String> readerUsers, List<String> readerGroups) {

  /**
   * Copies.
   *
   * @param destination component {@code destination}
   * @param readerUsers component {@code readerUsers}
   * @param readerGroups component {@code readerGroups}
   */
  public FlagPlace {
    Objects.requireNonNull(destination, "destination");
    readerUsers = List.copyOf(readerUsers);
    readerGroups = List.copyOf(readerGroups);
  }

  /**
   * A place that only its owner reads.
   *
   * @param destination component {@code destination}
   * @return the place
   */
  public static FlagPlace of(String destination) {
    return new FlagPlace(destination, List.of(), List.of());
  }
}
