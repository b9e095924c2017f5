package io.machineid.testkit.internal.state;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version by its three numbers. */
public record ClientVersion(int major, int minor, int patch) implements Comparable<ClientVersion> {

  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})\\.([0-9]{1,4})(?:[-+].*)?");

  /** Reads one; empty where it is none. */
  public static Optional<ClientVersion> parse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(
            new ClientVersion(
                Integer.parseInt(form.group(1)),
                Integer.parseInt(form.group(2)),
                Integer.parseInt(form.group(3))))
        : Optional.empty();
  }

  /** Whether a client may be let in; one that does not say what it is may. */
  public static boolean mayJoin(Optional<String> told, String oldest) {
    ClientVersion limit = parse(oldest).orElseThrow();
    return told.isEmpty()
        || parse(told.get()).filter(version -> version.compareTo(limit) >= 0).isPresent();
  }

  @Override
  public int compareTo(ClientVersion other) {
    return Comparator.comparingInt(ClientVersion::major)
        .thenComparingInt(ClientVersion::minor)
        .thenComparingInt(ClientVersion::patch)
        .compare(this, other);
  }
}
