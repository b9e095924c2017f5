package io.machineid.internal.lifecycle;

import java.util.Arrays;

/** What an auth service saw of a fleet, second by second. */
final class FleetRecord {

  final FleetSimulation.Scenario scenario;

  /** Renewals and joins. */
  final int[] granted;

  /** Tries while nobody was answered. */
  final int[] refused;

  /** Bots without a valid certificate. */
  final int[] without;

  FleetRecord(FleetSimulation.Scenario scenario) {
    this.scenario = scenario;
    int seconds = Math.toIntExact(scenario.end()) + 1;
    granted = new int[seconds];
    refused = new int[seconds];
    without = new int[seconds];
  }

  /** The mean per second from one second until another. */
  static double mean(int[] counts, long from, long to) {
    return Arrays.stream(counts, (int) from, (int) to).average().orElse(0);
  }

  /** The highest mean per second over spans of some seconds. */
  static double peak(int[] counts, long from, long to, int span) {
    double highest = 0;
    for (long start = from; start + span <= to; start += span) {
      highest = Math.max(highest, mean(counts, start, start + span));
    }
    return highest;
  }

  /** Grants per second in quiet times: the second half of those before the outage. */
  double usual() {
    return mean(granted, scenario.outageBegins() / 2, scenario.outageBegins());
  }

  double peakBefore(int span) {
    return peak(granted, scenario.outageBegins() / 2, scenario.outageBegins(), span);
  }

  double peakAfter(int span) {
    return peak(granted, scenario.outageEnds(), scenario.end(), span);
  }

  double peakRefused(int span) {
    return peak(refused, scenario.outageBegins(), scenario.outageEnds(), span);
  }

  int mostWithout() {
    return Arrays.stream(without).max().orElse(0);
  }

  /** How many seconds after the outage until all but one in a hundred bots are valid again. */
  long recovered() {
    long second = scenario.outageEnds();
    while (second < scenario.end() && without[(int) second] > scenario.bots() / 100) {
      second++;
    }
    return second - scenario.outageEnds();
  }
}
