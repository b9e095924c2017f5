package io.machineid.internal.diagnosis;

import io.machineid.internal.pki.CaPin;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a person has given by which servers are verified, and how they want to join.
 *
 * @param webRoots who is trusted for web certificates, in words
 * @param pins names of the cluster's authorities; may be empty
 * @param authorities the cluster's authorities themselves; may be empty
 * @param insecure whether an auth server is not verified before the join
 * @param answersChallenge whether the join method answers a challenge, over gRPC
 */
public record Given(
    String webRoots,
    List<CaPin> pins,
    List<X509Certificate> authorities,
    boolean insecure,
    boolean answersChallenge) {

  /** Copies. */
  public Given {
    pins = List.copyOf(pins);
    authorities = List.copyOf(authorities);
  }

  /** Whether there is anything to compare a cluster's authorities with. */
  boolean vouches() {
    return !pins.isEmpty() || !authorities.isEmpty();
  }

  /** Whether these are the authorities that were given: all of those pinned, one of a file's. */
  boolean isMetBy(List<X509Certificate> told) {
    return pins.isEmpty()
        ? told.stream().map(CaPin::of).anyMatch(authorityPins()::contains)
        : CaPin.allMatch(told, pins);
  }

  /** The pins of what was given. */
  List<CaPin> allPins() {
    return pins.isEmpty() ? authorityPins() : pins;
  }

  private List<CaPin> authorityPins() {
    return authorities.stream().map(CaPin::of).toList();
  }
}
