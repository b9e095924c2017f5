package io.machineid.internal.lifecycle;

import java.util.Locale;

/** Draws what an auth service saw, minute by minute, as a picture for the documentation. */
final class FleetPlot {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 320;
  private static final int LEFT = 60;
  private static final int BOTTOM = 40;
  private static final int TOP = 30;
  private static final int SPAN = 60;

  private final FleetRecord seen;
  private final double highest;

  private FleetPlot(FleetRecord seen) {
    this.seen = seen;
    this.highest = 2.5 * seen.usual();
  }

  static String of(FleetRecord seen) {
    return new FleetPlot(seen).draw();
  }

  private String draw() {
    double usual = seen.usual();
    return String.format(
            Locale.ROOT,
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
            <rect width="100%%" height="100%%" fill="white"/>
            <rect x="%.1f" y="%d" width="%.1f" height="%d" fill="#f4dede"/>
            <text x="%.1f" y="%d" fill="#a33">nobody is answered</text>
            """,
            WIDTH,
            HEIGHT,
            x(seen.scenario.outageBegins()),
            TOP,
            x(seen.scenario.outageEnds()) - x(seen.scenario.outageBegins()),
            HEIGHT - BOTTOM - TOP,
            x(seen.scenario.outageBegins()) + 6,
            TOP + 14)
        + level(usual, "mean in quiet times: %.0f/s".formatted(usual))
        + level(2 * usual, "twice the mean")
        + line(seen.refused, "#d99", "tries that failed")
        + line(seen.granted, "#246", "renewals and joins")
        + hours()
        + """
        <text x="60" y="20">renewals and joins per second (dark), tries that failed (light), mean of each minute</text>
        </svg>
        """;
  }

  private double x(double second) {
    return LEFT + second / seen.scenario.end() * (WIDTH - LEFT - 20);
  }

  private double y(double rate) {
    return HEIGHT - BOTTOM - rate / highest * (HEIGHT - BOTTOM - TOP);
  }

  private String level(double rate, String text) {
    return String.format(
        Locale.ROOT,
        """
        <path d="M%d %.1fH%d" stroke="#bbb" stroke-dasharray="4 4"/>
        <text x="%d" y="%.1f" text-anchor="end" fill="#666">%s</text>
        """,
        LEFT,
        y(rate),
        WIDTH - 20,
        WIDTH - 22,
        y(rate) - 4,
        text);
  }

  private String line(int[] counts, String colour, String what) {
    StringBuilder path = new StringBuilder();
    for (int second = 0; second + SPAN <= seen.scenario.end(); second += SPAN) {
      double rate = FleetRecord.mean(counts, second, second + SPAN);
      path.append(
          String.format(
              Locale.ROOT,
              "%s%.1f %.1f",
              second == 0 ? "M" : "L",
              x(second + SPAN / 2.0),
              y(Math.min(rate, highest))));
    }
    return "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"><title>%s</title></path>%n"
        .formatted(path, colour, what);
  }

  private String hours() {
    StringBuilder axis = new StringBuilder();
    for (int hour = 0; hour * 3600L <= seen.scenario.end(); hour++) {
      axis.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d h</text>%n",
              x(hour * 3600.0),
              HEIGHT - 16,
              hour));
    }
    return axis.toString();
  }
}
