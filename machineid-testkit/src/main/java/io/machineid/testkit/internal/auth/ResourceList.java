package io.machineid.testkit.internal.auth;

import com.google.protobuf.Timestamp;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.role.Roles;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.KubernetesCluster;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.ListResourcesRequest;
import io.machineid.wire.auth.ListResourcesResponse;
import io.machineid.wire.auth.PaginatedResource;
import io.machineid.wire.types.KubeAWS;
import io.machineid.wire.types.KubeAzure;
import io.machineid.wire.types.KubeGCP;
import io.machineid.wire.types.KubernetesClusterSpecV3;
import io.machineid.wire.types.KubernetesClusterV3;
import io.machineid.wire.types.KubernetesServerSpecV3;
import io.machineid.wire.types.KubernetesServerV3;
import io.machineid.wire.types.Metadata;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** Lists the Kubernetes clusters that a caller may see, in pages. */
final class ResourceList {

  private static final String KUBERNETES = "kube_server";
  private static final Set<String> OTHERS =
      Set.of(
          "node",
          "app_server",
          "db_server",
          "db_service",
          "windows_desktop",
          "windows_desktop_service",
          "kube_cluster",
          "user_group");
  private static final int DEFAULT_LIMIT = 1000;
  private static final Duration HEARTBEAT_LIFE = Duration.ofMinutes(10);

  private final ClusterState state;
  private final String hostId;
  private final InstantSource clock;

  ResourceList(ClusterState state, String hostId, InstantSource clock) {
    this.state = state;
    this.hostId = hostId;
    this.clock = clock;
  }

  ListResourcesResponse answer(TlsIdentity caller, ListResourcesRequest request) {
    String type = request.getResourceType();
    if (OTHERS.contains(type)) {
      return ListResourcesResponse.getDefaultInstance();
    }
    if (!type.equals(KUBERNETES)) {
      throw new Refusal(
          Refusal.Kind.NOT_IMPLEMENTED,
          "resource type %s does not support pagination".formatted(type));
    }
    if (request.getNeedTotalCount()) {
      throw Refusal.bad(
          "checking for duplicate matches for resource kind \"kube_server\" is not supported");
    }
    return page(matching(caller, request), request);
  }

  private List<KubernetesCluster> matching(TlsIdentity caller, ListResourcesRequest request) {
    Roles rights = state.rights(caller.roles());
    BiPredicate<String, Map<String, String>> predicate =
        Predicate.parse(request.getPredicateExpression());
    return state.kubernetesClusters().stream()
        .filter(cluster -> rights.inCluster(cluster.labels()).visible())
        .filter(cluster -> predicate.test(cluster.name(), cluster.labels()))
        .filter(
            cluster -> cluster.labels().entrySet().containsAll(request.getLabelsMap().entrySet()))
        .filter(cluster -> containsAll(cluster, request.getSearchKeywordsList()))
        .filter(cluster -> cluster.name().compareTo(request.getStartKey()) >= 0)
        .toList();
  }

  private static boolean containsAll(KubernetesCluster cluster, List<String> words) {
    String all = cluster.name() + " " + cluster.labels();
    return words.stream().allMatch(all::contains);
  }

  private ListResourcesResponse page(
      List<KubernetesCluster> clusters, ListResourcesRequest request) {
    int limit = request.getLimit() > 0 ? request.getLimit() : DEFAULT_LIMIT;
    ListResourcesResponse.Builder answer = ListResourcesResponse.newBuilder();
    clusters.stream()
        .limit(limit)
        .map(cluster -> PaginatedResource.newBuilder().setKubernetesServer(server(cluster)))
        .forEach(answer::addResources);
    if (clusters.size() > limit) {
      answer.setNextKey(clusters.get(limit).name());
    }
    return answer.build();
  }

  private KubernetesServerV3 server(KubernetesCluster cluster) {
    Metadata.Builder metadata =
        Metadata.newBuilder().setName(cluster.name()).setNamespace("default");
    KubernetesClusterV3 resource =
        KubernetesClusterV3.newBuilder()
            .setKind("kube_cluster")
            .setVersion("v3")
            .setMetadata(metadata.clone().putAllLabels(cluster.labels()))
            .setSpec(
                KubernetesClusterSpecV3.newBuilder()
                    .setAzure(KubeAzure.getDefaultInstance())
                    .setAws(KubeAWS.getDefaultInstance())
                    .setGcp(KubeGCP.getDefaultInstance()))
            .build();
    long expires = clock.instant().plus(HEARTBEAT_LIFE).getEpochSecond();
    return KubernetesServerV3.newBuilder()
        .setKind(KUBERNETES)
        .setVersion("v3")
        .setMetadata(metadata.setExpires(Timestamp.newBuilder().setSeconds(expires)))
        .setSpec(
            KubernetesServerSpecV3.newBuilder()
                .setVersion(state.personality().version())
                .setHostname("remote.kube.proxy.teleport.cluster.local")
                .setHostId(hostId)
                .setCluster(resource))
        .build();
  }
}
