package io.machineid.internal.diagnosis;

import io.machineid.Diagnosis;
import io.machineid.Diagnosis.Finding;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.HostPort;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was found so far; words of others are made fit for a terminal. */
final class Findings {

  private final List<Finding> findings = new ArrayList<>();

  void note(String subject, String text) {
    findings.add(new Finding(subject, Printable.text(text), Optional.empty()));
  }

  void problem(Stop stop) {
    findings.add(
        new Finding("problem", Printable.text(stop.getMessage()), Optional.of(stop.reason())));
  }

  Diagnosis diagnosis() {
    return new Diagnosis(findings);
  }

  /** What other connections to an address go through, where that is not the same. */
  static String throughAnother(Dialer dialer, HostPort address) {
    return dialer
        .proxyFor(address)
        .filter(proxy -> !dialer.proxyFor(https(address)).equals(Optional.of(proxy)))
        .map(proxy -> ", through " + proxy)
        .orElse("");
  }

  private static URI https(HostPort address) {
    return URI.create("https://" + address);
  }

  /** What HTTP requests to an address go through, as the end of a sentence. */
  static String through(Dialer dialer, HostPort address) {
    return dialer.proxyFor(https(address)).map(proxy -> ", through " + proxy).orElse(", directly");
  }
}
