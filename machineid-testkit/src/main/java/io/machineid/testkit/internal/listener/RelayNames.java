package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.pki.Sha256;
import io.machineid.testkit.internal.state.ClusterState;
import java.util.function.Predicate;

/** The server names by which a relay knows a cluster's Kubernetes clusters. */
final class RelayNames implements Predicate<String> {

  private static final String DIGITS = "0123456789abcdefghijklmnopqrstuv";
  private static final int BITS = 5;
  private static final int MASK = (1 << BITS) - 1;

  private final String teleportCluster;
  private final ClusterState state;

  RelayNames(String teleportCluster, ClusterState state) {
    this.teleportCluster = teleportCluster;
    this.state = state;
  }

  @Override
  public boolean test(String serverName) {
    return state.kubernetesClusters().stream()
        .anyMatch(cluster -> name(cluster.name()).equals(serverName));
  }

  private String name(String kubernetesCluster) {
    byte[] both = new byte[64];
    System.arraycopy(Sha256.digest(teleportCluster), 0, both, 0, 32);
    System.arraycopy(Sha256.digest(kubernetesCluster), 0, both, 32, 32);
    return "cluster-" + base32(Sha256.digest(both)) + ".kuberelay.teleport.cluster.local";
  }

  private static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int held = 0;
    int bits = 0;
    for (byte next : bytes) {
      held = (held << Byte.SIZE) | (next & 0xff);
      bits += Byte.SIZE;
      while (bits >= BITS) {
        bits -= BITS;
        text.append(DIGITS.charAt((held >> bits) & MASK));
      }
      held &= (1 << bits) - 1;
    }
    return bits == 0
        ? text.toString()
        : text.append(DIGITS.charAt((held << (BITS - bits)) & MASK)).toString();
  }
}
