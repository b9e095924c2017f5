package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a fleet costs a process of its own. {@code -Dmachineid.fleet.sizes=1,10,50,500} prints the
 * table of docs/many-clusters.md.
 */
class FleetCostTest {

  private static final String SIZES = System.getProperty("machineid.fleet.sizes", "10");
  private static final String HEADER =
      """
      | clusters | round trips | heap, open | heap, all asked | threads, open | threads, while asking | threads, all asked | sockets, open | sockets, all asked |
      |---|---|---|---|---|---|---|---|---|""";

  /** gRPC's threads, which stay for a minute: as many as there were requests at a time. */
  private static final int OF_GRPC = 20;

  private static final int IDLE_CLIENTS = 32;

  /** The connection to list clusters on, and a socket that the JDK makes for itself. */
  private static final int JDK_AND_LIST = 2;

  @TempDir private Path directory;

  @Test
  void fleet_hasAsManySocketsAndThreads_whateverItsSize() throws Exception {
    List<String> table = new ArrayList<>(List.of(HEADER));
    for (int size : Arrays.stream(SIZES.split(",")).mapToInt(Integer::parseInt).toArray()) {
      table.add(measured(size));
    }
    table.forEach(System.out::println);
  }

  private String measured(int size) throws Exception {
    try (TestCluster teleport = TestCluster.start()) {
      teleport.createFullAccessRole("fleet");
      IntStream.range(0, size).forEach(i -> teleport.addKubernetesCluster("kube-" + i, Map.of()));
      List<String> printed = run(teleport);
      FleetCost started = FleetCost.parse(printed.get(0));
      FleetCost open = FleetCost.parse(printed.get(1));
      FleetCost asked = FleetCost.parse(printed.get(2));
      assertThat(Integer.parseInt(printed.get(4))).as("clusters that answered").isEqualTo(size);
      assertThat(open.sockets())
          .as("one to list on")
          .isBetween(0L, started.sockets() + JDK_AND_LIST);
      assertThat(open.threads()).isLessThanOrEqualTo(started.threads() + OF_GRPC);
      assertThat(asked.threads()).isLessThanOrEqualTo(open.threads() + OF_GRPC + IDLE_CLIENTS);
      long trips =
          teleport.requests().stream().filter(each -> each.service().equals("AUTH")).count();
      return "| %d | %d | %s | %s | %d | %s | %d | %d | %d |"
          .formatted(
              size,
              trips,
              open.since(started).heap(),
              asked.since(started).heap(),
              open.threads(),
              printed.get(3),
              asked.threads(),
              open.sockets(),
              asked.sockets());
    }
  }

  private List<String> run(TestCluster teleport) throws IOException, InterruptedException {
    Path authority = Files.writeString(directory.resolve("ca.pem"), teleport.webAuthorityPem());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FleetProbe.class.getName(),
                teleport.proxyAddress(),
                teleport.addBot("example", "fleet").token(),
                authority.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed.lines().toList();
  }
}
