package io.machineid.testkit;

import io.machineid.testkit.internal.kubernetes.HttpKubernetes;
import io.machineid.testkit.internal.kubernetes.InMemoryKubernetes;
import io.machineid.testkit.internal.kubernetes.KubernetesBackend;
import io.machineid.testkit.internal.listener.Front;
import io.machineid.testkit.internal.pki.SignatureSuite;
import io.machineid.testkit.internal.state.ClientVersion;
import io.machineid.testkit.internal.state.KubernetesCluster;
import io.machineid.testkit.internal.state.TeleportVersion;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Describes a {@link TestCluster}. Not thread-safe. */
public final class TestClusterBuilder {

  private String clusterName = "test.example";
  private String publicHost = "localhost";
  private boolean withAuthPort;
  private TeleportVersion version = TeleportVersion.V16;
  private @Nullable String oldestClient;
  private Optional<SignatureSuite> suite = Optional.empty();
  private boolean separatePorts;
  private boolean relay;
  private boolean withoutAuthRoute;
  private boolean sshTunnel;
  private Front.Balancer balancer = Front.Balancer.NONE;
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
   * Says which Teleport the cluster is like: what it says of itself, which join methods it knows
   * and which keys it wants, whether bots have instances and send heartbeats, and whether one
   * certificate serves all Kubernetes clusters, by the path of requests.
   *
   * @param major 16 (the default), 17 or 18
   * @return this
   * @throws IllegalArgumentException for any other
   */
  public TestClusterBuilder teleportVersion(int major) {
    version = TeleportVersion.of(major);
    return this;
  }

  /**
   * Says which clients the cluster takes: what {@code find} tells, and, as Teleport 18, whom it
   * refuses to let join.
   *
   * @param version the oldest version, such as {@code 19.0.0}; by default the major version before
   *     the cluster's own
   * @return this
   */
  public TestClusterBuilder oldestClient(String version) {
    if (!ClientVersion.parse(version).isPresent()) {
      throw new IllegalArgumentException("not a version: " + version);
    }
    oldestClient = version;
    return this;
  }

  /**
   * Says which kinds of keys the cluster's authorities have, and which it tells clients to make:
   * {@code legacy} (RSA), {@code balanced-v1}, {@code fips-v1} or {@code hsm-v1} (ECDSA, and for
   * SSH in the first of them Ed25519). Without this, it is what new clusters of the version have:
   * {@code balanced-v1}, before 17 {@code legacy}.
   *
   * @param name the suite, as Teleport's configuration names it
   * @return this
   * @throws IllegalArgumentException where there is no such suite
   */
  public TestClusterBuilder signatureAlgorithmSuite(String name) {
    suite = Optional.of(SignatureSuite.of(name));
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
   * Gives Kubernetes a port of its own, as {@code proxy_listener_mode: separate} does, see {@link
   * TestCluster#kubernetesAddress()}. The web port leads to the auth service still, and no more to
   * Kubernetes.
   *
   * @return this
   */
  public TestClusterBuilder separatePorts() {
    separatePorts = true;
    return this;
  }

  /**
   * Has a relay lead to the Kubernetes agents, as {@code relay_server} of {@code tbot} 18.5 wants
   * it, see {@link TestCluster#relayAddress()}. It knows Kubernetes clusters by their server name
   * alone.
   *
   * @return this
   */
  public TestClusterBuilder relay() {
    relay = true;
    return this;
  }

  /**
   * Has the web port lead nobody to the auth service, as where the proxy is older or its TLS
   * routing is off altogether.
   *
   * @return this
   */
  public TestClusterBuilder withoutAuthRoute() {
    withoutAuthRoute = true;
    return this;
  }

  /**
   * Has an SSH server lead to the auth service, and nobody by the web port, as where a proxy has
   * listeners of its own for everything. It takes {@code org.apache.sshd:sshd-core} on the class
   * path, an optional dependency.
   *
   * @return this
   */
  public TestClusterBuilder sshTunnel() {
    sshTunnel = true;
    separatePorts = true;
    withoutAuthRoute = true;
    return this;
  }

  /**
   * Puts a load balancer of layer 7 before the proxy: it ends TLS with the web certificate, chooses
   * no protocol, passes HTTP requests and upgrades on, and nothing else: no name, no protocol and
   * no client certificate. The cluster's address is then the load balancer's.
   *
   * @return this
   */
  public TestClusterBuilder loadBalancer() {
    balancer = Front.Balancer.WITH_UPGRADES;
    return this;
  }

  /**
   * Puts a load balancer of layer 7 before the proxy that refuses upgrades.
   *
   * @return this
   */
  public TestClusterBuilder loadBalancerWithoutUpgrades() {
    balancer = Front.Balancer.WITHOUT_UPGRADES;
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
   * @throws IllegalArgumentException for a signature algorithm suite other than {@code legacy}
   *     where the version knows none
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

  Front.Ports ports() {
    return new Front.Ports(
        withAuthPort, separatePorts, !withoutAuthRoute, sshTunnel, relay, balancer);
  }

  TeleportVersion version() {
    return version;
  }

  String oldestClient() {
    return oldestClient == null ? version.oldestClient() : oldestClient;
  }

  SignatureSuite suite() {
    SignatureSuite chosen = suite.orElse(version.usualSuite());
    if (!version.hasSignatureSuites() && chosen != SignatureSuite.LEGACY) {
      throw new IllegalArgumentException(
          "Teleport %s has no signature algorithm suites: its keys are those of legacy"
              .formatted(version.number()));
    }
    return chosen;
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
