package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.MachineIdException.Reason;
import io.machineid.testkit.TestCluster;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a person reads, to the letter, where an address is the problem. */
class DiagnosisOfAddressesTest {

  private static final String END = "Nothing was joined, and no token sent.\n";

  private static TestCluster published(String host) {
    return TestCluster.builder()
        .publicHost(host)
        .authPort()
        .kubernetesCluster("example-k8s-cluster", Map.of())
        .start();
  }

  private static String problem(Bot.Builder bot, Reason reason) {
    Diagnosis diagnosis = bot.diagnose();
    assertThat(diagnosis.problem().flatMap(Diagnosis.Finding::problem))
        .as(diagnosis.toText())
        .contains(reason);
    return diagnosis.toText();
  }

  /** Nobody connects to a multicast address: it is answered at once, with or without IPv6. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void ipv6_withoutARoute() {
    String text = problem(Bot.builder().proxy("[ff0e::db8:1]:443"), Reason.UNREACHABLE);
    // In brackets are the system's words, which are others where it has no IPv6 at all.
    assertThat(text.replaceFirst(" \\([^)]*\\)\\.", "."))
        .isEqualTo(
            """
            address     [ff0e::db8:1]:443, directly
            PROBLEM     GET /webapi/find at [ff0e::db8:1]:443: no route leads there from this machine. Give this machine, or its container, IPv6 with a route, or give an address that it reaches by IPv4
            """
                + END);
  }

  @Test
  void publishedAddress_thatIsNotForThisNetwork() {
    try (TestCluster teleport = published("teleport.example.invalid")) {
      String port = teleport.proxyAddress().replaceAll(".*:", "");
      assertThat(
              problem(
                  Bot.builder()
                      .proxy("localhost:" + port)
                      .webRoots(List.of(teleport.webAuthority())),
                  Reason.UNREACHABLE))
          .contains(
              "found       Teleport 16.0.0-dev, cluster test.example, TLS routing, which calls its address teleport.example.invalid:%s\n"
                  .formatted(port))
          .endsWith(
              "PROBLEM     Kubernetes at teleport.example.invalid:%1$s: the name cannot be resolved. Check the address and DNS. It is the address that the proxy publishes (the first of its public_addr), and localhost:%1$s, which was given, does answer: take that one for everything (useProxyAddress, or TBOT_USE_PROXY_ADDR=yes) where it is among them, or have public_addr corrected\n"
                      .formatted(port)
                  + END);
    }
  }

  @Test
  void publishedAddress_thatTheAuthServerNames() {
    try (TestCluster teleport = published("teleport.example.invalid")) {
      assertThat(
              problem(
                  Bot.builder()
                      .authServer(teleport.authAddress())
                      .caPins(teleport.caPins())
                      .webRoots(List.of(teleport.webAuthority())),
                  Reason.UNREACHABLE))
          .endsWith(
              "PROBLEM     GET /webapi/find at %1$s: the name cannot be resolved. Check the address and DNS. It is the address that the auth server %2$s names as the proxy's (public_addr), by which Kubernetes is reached: have it opened for this network, or corrected\n"
                      .formatted(teleport.proxyAddress(), teleport.authAddress())
                  + END);
    }
  }
}
