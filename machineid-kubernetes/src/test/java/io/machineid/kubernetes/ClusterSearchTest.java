package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.CredentialException;
import io.machineid.KubernetesCluster;
import io.machineid.MachineIdException.Reason;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterSearchTest {

  private static final KubernetesCluster PLAIN = new KubernetesCluster("prod", Map.of());
  private static final KubernetesCluster EAST = discovered("prod-eks-east-1", "prod");
  private static final KubernetesCluster WEST = discovered("stage-eks-west-1", "stage");
  private static final KubernetesCluster NORTH = discovered("stage-eks-north-1", "stage");

  @Test
  void find_exactName_winsOverADiscoveredOne() {
    assertThat(find("prod", EAST, PLAIN)).isEqualTo(PLAIN);
  }

  @Test
  void find_discoveredNameOfOne_isThatOne() {
    assertThat(find("prod", WEST, EAST)).isEqualTo(EAST);
  }

  @Test
  void find_discoveredNameOfTwo_namesBoth() {
    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> find("stage", WEST, NORTH, PLAIN))
        .withMessageContaining("stage-eks-north-1, stage-eks-west-1")
        .withMessageNotContaining("prod")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
  }

  @Test
  void find_unknownName_namesWhatTheBotSees() {
    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> find("dev", WEST, PLAIN))
        .withMessageContaining("\"dev\"")
        .withMessageContaining("roles [example-role] it sees: prod, stage-eks-west-1")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
        .satisfies(e -> assertThat(e.retryable()).isFalse());
  }

  @Test
  void find_noClusterAtAll_saysWhatARoleNeeds() {
    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> ClusterSearch.find("dev", List.of(), List.of()))
        .withMessageContaining("kubernetes_labels");
  }

  @Test
  void find_manyClusters_namesTwenty() {
    KubernetesCluster[] many =
        IntStream.range(0, 100)
            .mapToObj(i -> new KubernetesCluster("c" + i, Map.of()))
            .toArray(KubernetesCluster[]::new);

    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> find("dev", many))
        .withMessageEndingWith("and 80 more");
  }

  private static KubernetesCluster find(String wanted, KubernetesCluster... visible) {
    return ClusterSearch.find(wanted, List.of(visible), List.of("example-role"));
  }

  private static KubernetesCluster discovered(String name, String as) {
    return new KubernetesCluster(name, Map.of("teleport.internal/discovered-name", as));
  }
}
