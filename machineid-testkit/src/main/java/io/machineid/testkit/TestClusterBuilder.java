package io.machineid.testkit;

import io.machineid.testkit.internal.kubernetes.HttpKubernetes;
import io.machineid.testkit.internal.kubernetes.InMemoryKubernetes;
import io.machineid.testkit.internal.kubernetes.KubernetesBackend;
import io.machineid.testkit.internal.state.KubernetesCluster;
import io.machineid.testkit.internal.state.Personality;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Describes a {@link TestCluster}. Not thread-safe. */
public final class TestClusterBuilder {

  private static final List<String> MAJORS = List.of("16", "17", "18");

  private String clusterName = "test.example";
  private String publicHost = "localhost";
  private boolean withAuthPort;
  private Personality personality = Personality.V16;
  private TestClock clock = TestClock.running();
  private Consumer<RecordedRequest> requestListener = request -> {};
  private final List<Enrolment> kubernetesClusters = new ArrayList<>();

  TestClusterBuilder() {}

  /**
   * Names the cluster.
   *
   * @param name the name, {@code test.example} by default
   * @return this
   */
  public TestClusterBuilder clusterName(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a cluster needs a name");
    }
    clusterName = name;
    return this;
  }

  /**
   * Says what the proxy is called outside. Whatever it is, the proxy listens on loopback.
   *
   * @param host a host name or address without a port, {@code localhost} by default
   * @return this
   */
  public TestClusterBuilder publicHost(String host) {
    if (host.isBlank()) {
      throw new IllegalArgumentException("the public host is empty");
    }
    publicHost = host;
    return this;
  }

  /**
   * Says which Teleport the cluster is like: what it says of itself, whether bots have instances
   * and send heartbeats, and whether one certificate serves all Kubernetes clusters, by the path of
   * requests. In all other respects every version is like 16.
   *
   * @param major {@code 16} (the default), {@code 17} or {@code 18}
   * @return this
   * @throws IllegalArgumentException for any other
   */
  public TestClusterBuilder version(String major) {
    if (!MAJORS.contains(major)) {
      throw new IllegalArgumentException("Teleport 16, 17 and 18 can be played, not " + major);
    }
    personality = Personality.of(Integer.parseInt(major));
    return this;
  }

  /**
   * Gives the auth service a port of its own, see {@link TestCluster#authAddress()}.
   *
   * @return this
   */
  public TestClusterBuilder authPort() {
    withAuthPort = true;
    return this;
  }

  /**
   * Sets the time that the cluster lives by.
   *
   * @param newClock the clock; by default one that runs with the machine's
   * @return this
   */
  public TestClusterBuilder clock(TestClock newClock) {
    clock = newClock;
    return this;
  }

  /**
   * Has somebody told of each request, also of those that {@link TestCluster#requests()} has
   * forgotten.
   *
   * @param listener called on the cluster's threads, several at once; must be quick
   * @return this
   */
  public TestClusterBuilder onRequest(Consumer<RecordedRequest> listener) {
    requestListener = listener;
    return this;
  }

  /**
   * Enrols a Kubernetes cluster that lives in memory.
   *
   * @param name its name
   * @param labels its labels
   * @return this
   */
  public TestClusterBuilder kubernetesCluster(String name, Map<String, String> labels) {
    kubernetesClusters.add(new Enrolment(name, Map.copyOf(labels), TestClusterBuilder::inMemory));
    return this;
  }

  /**
   * Enrols a Kubernetes cluster that lives elsewhere, such as one of a container on this machine.
   * The fake proxy impersonates users and groups in it, as a real Teleport agent does.
   *
   * @param name its name
   * @param labels its labels
   * @param apiServer where its API is, {@code https} or {@code http}
   * @param credentials somebody who may impersonate others there
   * @return this
   */
  public TestClusterBuilder kubernetesCluster(
      String name, Map<String, String> labels, URI apiServer, KubernetesCredentials credentials) {
    kubernetesClusters.add(
        new Enrolment(
            name,
            Map.copyOf(labels),
            ignored -> new HttpKubernetes(apiServer, credentials.internal())));
    return this;
  }

  /**
   * Starts the cluster.
   *
   * @return the cluster, serving
   */
  public TestCluster start() {
    return new TestCluster(this);
  }

  static KubernetesBackend inMemory(InstantSource clock) {
    return new InMemoryKubernetes(clock);
  }

  /** A Kubernetes cluster to come; its API may need the clock, which is not known yet. */
  private record Enrolment(
      String name,
      Map<String, String> labels,
      Function<InstantSource, KubernetesBackend> backend) {}

  String clusterName() {
    return clusterName;
  }

  String publicHost() {
    return publicHost;
  }

  boolean withAuthPort() {
    return withAuthPort;
  }

  Personality personality() {
    return personality;
  }

  TestClock clock() {
    return clock;
  }

  Consumer<RecordedRequest> requestListener() {
    return requestListener;
  }

  List<KubernetesCluster> kubernetesClusters() {
    return kubernetesClusters.stream()
        .map(each -> new KubernetesCluster(each.name(), each.labels(), each.backend().apply(clock)))
        .toList();
  }
}
