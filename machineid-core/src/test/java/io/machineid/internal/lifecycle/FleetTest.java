package io.machineid.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.internal.lifecycle.FleetSimulation.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A fleet comes back from an outage at about the rate at which it renews in quiet times.
 *
 * <p>The long form, for the table and the plot in the documentation: {@code
 * -Dmachineid.fleet.plot=FILE}, and {@code -Dmachineid.fleet.bots=N} for another number of bots.
 */
class FleetTest {

  private static final Duration LIFE = Duration.ofHours(1);
  private static final Duration QUIET = Duration.ofHours(2);
  private static final Duration AFTER = Duration.ofHours(3);

  private static FleetRecord fleet(int bots, Duration outage) {
    return FleetSimulation.run(new Scenario(bots, LIFE, QUIET, outage, AFTER), 1);
  }

  @Test
  void outage_longerThanTheLife_isNotFollowedByAStampede() {
    FleetRecord seen = fleet(10_000, Duration.ofMinutes(90));

    // A minute at a time: with a tenth of the bots, chance alone doubles some seconds.
    assertThat(seen.peakAfter(60)).isLessThan(2 * seen.usual());
    assertThat(seen.peakRefused(60)).isLessThan(4 * seen.usual());
    assertThat(seen.mostWithout()).isEqualTo(10_000);
    assertThat(seen.recovered()).isBetween(1L, Duration.ofMinutes(30).toSeconds());
    assertThat(seen.without[(int) seen.scenario.end() - 1]).isZero();
  }

  @Test
  void outage_shorterThanWhatIsLeft_leavesNoBotWithoutACertificate() {
    FleetRecord seen = fleet(5_000, Duration.ofMinutes(15));

    assertThat(seen.mostWithout()).isZero();
  }

  @Test
  void outage_asLongAsWhatIsLeft_isNotFollowedByAStampede() {
    FleetRecord seen = fleet(5_000, Duration.ofMinutes(45));

    assertThat(seen.peakAfter(60)).isLessThan(3 * seen.usual());
    assertThat(seen.peakRefused(60)).isLessThan(4 * seen.usual());
    // Those that were issued less than 45 minutes ago have had their last try after the outage, but
    // for those that made it in the last minute and a half of it.
    assertThat(seen.mostWithout()).isBetween(1, 5_000 * 30 / 100);
  }

  @Test
  @EnabledIfSystemProperty(named = "machineid.fleet.plot", matches = ".+")
  void fleet_ofAHundredThousand_isDrawn() throws IOException {
    StringBuilder table = new StringBuilder(FleetTable.HEAD);
    for (int minutes : new int[] {0, 1, 5, 15, 30, 45, 60, 90, 180}) {
      FleetRecord seen =
          fleet(Integer.getInteger("machineid.fleet.bots", 100_000), Duration.ofMinutes(minutes));
      table.append(FleetTable.row(seen));
      if (minutes == 90) {
        Files.writeString(Path.of(System.getProperty("machineid.fleet.plot")), FleetPlot.of(seen));
      }
    }
    System.out.print(table);
  }
}
