package io.machineid.internal.lifecycle;

import java.util.Locale;

/** What a fleet did, as a row of a Markdown table. */
final class FleetTable {

  static final String HEAD =
      """
      | outage | usual rate | highest second before | highest second after | highest minute after | tries in the outage, highest minute | most bots without a certificate | 99 % valid again after |
      |---:|---:|---:|---:|---:|---:|---:|---:|
      """;

  private FleetTable() {}

  static String row(FleetRecord seen) {
    double usual = seen.usual();
    return String.format(
        Locale.ROOT,
        "| %d min | %.0f/s | %.2f × | %.2f × | %.2f × | %.2f × | %d %% | %d min |%n",
        seen.scenario.outage().toMinutes(),
        usual,
        seen.peakBefore(1) / usual,
        seen.peakAfter(1) / usual,
        seen.peakAfter(60) / usual,
        seen.peakRefused(60) / usual,
        Math.round(100.0 * seen.mostWithout() / seen.scenario.bots()),
        Math.round(seen.recovered() / 60.0));
  }
}
