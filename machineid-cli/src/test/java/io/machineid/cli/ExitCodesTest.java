package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.MachineIdException.Reason;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExitCodesTest {

  /** The table of docs/command-line.md. */
  @Test
  void everyReason_hasTheCodeThatIsDocumented() {
    Map<Integer, Set<String>> byCode =
        Arrays.stream(Reason.values())
            .collect(
                Collectors.groupingBy(
                    ExitCodes::of,
                    TreeMap::new,
                    Collectors.mapping(Reason::name, Collectors.toCollection(TreeSet::new))));

    assertThat(byCode)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                1, Set.of("CLOSED", "INTERNAL"),
                3, Set.of("CONFIGURATION"),
                4, Set.of("JOIN_DENIED", "EVIDENCE", "LOCKED", "EXPIRED", "SUPERSEDED"),
                5,
                    Set.of(
                        "UNREACHABLE",
                        "NOT_TELEPORT",
                        "UNTRUSTED",
                        "RATE_LIMITED",
                        "BAD_RESPONSE",
                        "TIMEOUT"),
                6, Set.of("DESTINATION"),
                7, Set.of("IN_USE"),
                8, Set.of("FORBIDDEN", "NOT_FOUND")));
  }

  @Test
  void help_listsEveryCode() {
    String help = Cli.run("--help").out();

    for (Reason reason : Reason.values()) {
      assertThat(help).containsPattern("(?m)^ +" + ExitCodes.of(reason) + " +\\S");
    }
    assertThat(help).contains("130").contains("143");
  }
}
