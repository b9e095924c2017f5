package io.machineid.testkit;

import io.machineid.testkit.internal.join.AwsIdentities.AwsIdentity;
import io.machineid.testkit.internal.join.AzureCloud;
import io.machineid.testkit.internal.join.Evidence;
import io.machineid.testkit.internal.join.TokenFile;
import io.machineid.testkit.internal.kubernetes.InMemoryKubernetes;
import io.machineid.testkit.internal.listener.Front;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.AuthorityType;
import io.machineid.testkit.internal.pki.Pem;
import io.machineid.testkit.internal.pki.Sha256;
import io.machineid.testkit.internal.role.RoleFile;
import io.machineid.testkit.internal.state.Bots;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.KubernetesCluster;
import io.machineid.testkit.internal.state.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * A Teleport cluster in this process: proxy, auth service and the Kubernetes clusters behind them.
 * The protocol is the real one, so that the real {@code tbot} and {@code kubectl} work with it; the
 * cluster is made up, and is gone when it is closed. It listens on loopback only, on free ports.
 *
 * <p>Thread-safe. Methods act at once: what they change, the next request sees.
 */
public final class TestCluster implements AutoCloseable {

  private static final String FULL_ACCESS =
      """
      kind: role
      version: v7
      metadata: {name: NAME}
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
          kubernetes_resources: [{kind: '*', namespace: '*', name: '*', verbs: ['*']}]
      """;

  private static final Duration TOKEN_TTL = Duration.ofHours(1);

  private final TestClock clock;
  private final Authorities authorities;
  private final ClusterState state;
  private final Recorder recorder;
  private final Front front;
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  TestCluster(TestClusterBuilder builder) {
    clock = builder.clock();
    authorities =
        new Authorities(builder.clusterName(), builder.publicHost(), builder.suite(), clock);
    state =
        new ClusterState(
            builder.clusterName(),
            builder.version(),
            builder.suite(),
            builder.oldestClient(),
            clock);
    recorder = new Recorder(clock, builder.requestListener());
    builder.kubernetesClusters().forEach(state::addKubernetesCluster);
    front =
        new Front(
            new Front.Cluster(authorities, state, recorder, clock),
            builder.publicHost(),
            builder.ports());
  }

  /**
   * Begins to describe a cluster.
   *
   * @return a builder with the defaults
   */
  public static TestClusterBuilder builder() {
    return new TestClusterBuilder();
  }

  /**
   * Starts a cluster with the defaults.
   *
   * @return the cluster, serving
   */
  public static TestCluster start() {
    return builder().start();
  }

  /**
   * The name of the cluster.
   *
   * @return the name, {@code test.example} by default
   */
  public String clusterName() {
    return authorities.clusterName();
  }

  /**
   * Where the proxy is.
   *
   * @return host and port, such as {@code localhost:40123}
   */
  public String proxyAddress() {
    return front.proxyAddress();
  }

  /**
   * Where the auth service is, past the proxy.
   *
   * @return host and port
   * @throws IllegalStateException where the cluster was started without {@link
   *     TestClusterBuilder#authPort()}
   */
  public String authAddress() {
    int port =
        front
            .authPort()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "started without authPort(): only the proxy has a port"));
    return "localhost:" + port;
  }

  /**
   * Where the proxy takes Kubernetes requests, if not at its web port.
   *
   * @return host and port
   * @throws IllegalStateException where the cluster was started without {@link
   *     TestClusterBuilder#separatePorts()}
   */
  public String kubernetesAddress() {
    int port =
        front
            .kubernetesPort()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "started without separatePorts(): the web port serves Kubernetes"));
    return "localhost:" + port;
  }

  /**
   * Where the relay takes Kubernetes requests.
   *
   * @return host and port
   * @throws IllegalStateException where the cluster was started without {@link
   *     TestClusterBuilder#relay()}
   */
  public String relayAddress() {
    int port =
        front.relayPort().orElseThrow(() -> new IllegalStateException("started without relay()"));
    return "localhost:" + port;
  }

  /**
   * Where the proxy's SSH server for tunnels is.
   *
   * @return host and port
   * @throws IllegalStateException where the cluster was started without {@link
   *     TestClusterBuilder#sshTunnel()}
   */
  public String sshTunnelAddress() {
    int port =
        front
            .sshTunnelPort()
            .orElseThrow(
                () -> new IllegalStateException("started without sshTunnel(): there is none"));
    return "localhost:" + port;
  }

  /**
   * The cluster's time.
   *
   * @return the clock that was given, or one that runs with the machine's
   */
  public TestClock clock() {
    return clock;
  }

  /**
   * The pins by which clients know the auth service.
   *
   * @return one for each host authority, such as {@code sha256:0a1b…}
   */
  public List<String> caPins() {
    return authorities.trusted(AuthorityType.HOST).stream()
        .map(authority -> pin(authority.certificate()))
        .toList();
  }

  private static String pin(X509Certificate certificate) {
    byte[] digest = Sha256.digest(certificate.getPublicKey().getEncoded());
    return "sha256:" + HexFormat.of().formatHex(digest);
  }

  /**
   * Who vouches for the proxy's public name: what clients have to trust beyond the system's roots.
   *
   * @return the certificate
   */
  public X509Certificate webAuthority() {
    return authorities.web().certificate();
  }

  /**
   * {@link #webAuthority()} as PEM, for {@code SSL_CERT_FILE}.
   *
   * @return the text
   */
  public String webAuthorityPem() {
    return Pem.certificate(webAuthority());
  }

  /**
   * The cluster's host authority as PEM, for a {@code ca_path}.
   *
   * @return one certificate; in a rotation all that are trusted, the one that signs first
   */
  public String hostAuthorityPem() {
    return authorities.trusted(AuthorityType.HOST).stream()
        .map(authority -> Pem.certificate(authority.certificate()))
        .collect(Collectors.joining());
  }

  /**
   * Creates roles or replaces them, as {@code tctl create -f} does.
   *
   * @param yaml one role or several
   * @return what a real cluster would refuse or would deny for good; mostly empty
   * @throws IllegalArgumentException where it is no role, naming the key
   */
  public List<String> createRole(String yaml) {
    List<String> found = new ArrayList<>();
    for (RoleFile.Parsed parsed : RoleFile.parse(yaml)) {
      state.putRole(parsed.role());
      found.addAll(parsed.warnings());
    }
    warnings.addAll(found);
    return List.copyOf(found);
  }

  /**
   * Creates a role of version v7, or replaces it, that may do everything in all Kubernetes
   * clusters, as a member of the group {@code editor}: for tests that are not about rights.
   *
   * @param name letters, digits and hyphens
   */
  public void createFullAccessRole(String name) {
    createRole(FULL_ACCESS.replace("NAME", name));
  }

  /**
   * Creates roles or replaces them, from a file.
   *
   * @param file YAML, UTF-8
   * @return as {@link #createRole(String)}
   * @throws IOException where the file cannot be read
   */
  public List<String> createRole(Path file) throws IOException {
    return createRole(Files.readString(file));
  }

  /**
   * Makes another cluster a leaf of this one, as a {@code trusted_cluster} resource of the leaf
   * does: this cluster issues certificates that are routed to it, and its proxy sends their
   * requests on to the leaf's Kubernetes clusters. Experimental: made by the protocol's documents
   * alone, and never compared with a real leaf; auth services and listings of leaves are not led
   * to.
   *
   * @param leaf the other cluster; it stays as it is, and is closed by whoever started it
   * @param roles which roles of this cluster it takes for its own of the same name
   * @throws IllegalArgumentException where it is this cluster, or has its name
   */
  public void addLeaf(TestCluster leaf, String... roles) {
    if (leaf.clusterName().equals(clusterName())) {
      throw new IllegalArgumentException("a leaf needs a name of its own");
    }
    state.addLeaf(leaf.clusterName(), new ClusterState.Leaf(leaf.state, Set.of(roles)));
  }

  /**
   * Adds a bot, as {@code tctl bots add} does, with a token that lives for an hour. Give a bot that
   * joins by another method a token resource by {@link #createToken}.
   *
   * @param name the bot; its user is called {@code bot-<name>}
   * @param roles what it may ask output certificates for; they may be created later
   * @return what it needs to join
   * @throws IllegalArgumentException where there is such a bot already
   */
  public BotCredentials addBot(String name, String... roles) {
    state.bots().add(name, List.of(roles));
    return newToken(name);
  }

  /**
   * Makes one more token for a bot. A bot that has joined by token can't use it: once is all.
   *
   * @param botName the bot
   * @return what it needs to join, for an hour
   * @throws IllegalArgumentException where there is no such bot
   */
  public BotCredentials newToken(String botName) {
    return newToken(botName, TOKEN_TTL);
  }

  /**
   * Makes one more token for a bot.
   *
   * @param botName the bot
   * @param ttl how long it lives, by {@link #clock()}
   * @return what it needs to join
   * @throws IllegalArgumentException where there is no such bot
   */
  public BotCredentials newToken(String botName, Duration ttl) {
    return new BotCredentials(botName, state.bots().newToken(botName, ttl), ttl);
  }

  /**
   * Creates token resources of bots or replaces them, as {@code tctl create -f} does: a way to join
   * by any method that this version of Teleport has.
   *
   * @param yaml one token or several
   * @throws IllegalArgumentException where a cluster would refuse it, in its words
   */
  public void createToken(String yaml) {
    TokenFile.parse(yaml, state.version()).forEach(state::putToken);
  }

  /**
   * Takes a token resource away; does nothing where there is none.
   *
   * @param name its name
   */
  public void removeToken(String name) {
    state.removeToken(name);
  }

  /**
   * Somebody who issues ID tokens, and whom this cluster finds under the name that real ones have:
   * {@code https://token.actions.githubusercontent.com}, {@code https://gitlab.com} and so on. No
   * request leaves this process.
   *
   * @param url the issuer's name
   * @return the issuer; the same for the same name
   */
  public TestOidcIssuer oidcIssuer(String url) {
    return new TestOidcIssuer(state.evidence().issuer(url));
  }

  /**
   * Lets the made-up AWS know somebody, for joins by the method {@code iam}.
   *
   * @param accessKeyId the id of the key
   * @param secretAccessKey the key
   * @param sessionToken what has to come along, for temporary credentials; else empty
   * @param account the account of the identity
   * @param arn the identity, such as {@code arn:aws:sts::111111111111:assumed-role/web/i-0}
   */
  public void addAwsIdentity(
      String accessKeyId,
      String secretAccessKey,
      Optional<String> sessionToken,
      String account,
      String arn) {
    state
        .evidence()
        .aws()
        .put(accessKeyId, new AwsIdentity(secretAccessKey, sessionToken, account, arn));
  }

  /**
   * A made-up Azure that this cluster believes, for joins by the method {@code azure}: give its
   * machines a {@link TestPlatform#azure metadata service}.
   *
   * @return the cloud; always the same
   */
  public TestAzure azure() {
    return new TestAzure(state.evidence().azure(), state.evidence().issuer(AzureCloud.TENANT));
  }

  /**
   * A made-up Oracle Cloud that this cluster believes, for joins by the method {@code oracle}: give
   * its instances a {@link TestPlatform#oracle metadata service}.
   *
   * @return the cloud; always the same
   */
  public TestOracle oracle() {
    return new TestOracle(state.evidence().oracle());
  }

  /**
   * What is noted of a token resource of the method {@code bound_keypair}: its registration secret,
   * the key that it is bound to, recoveries.
   *
   * @param tokenName the token resource
   * @return how it is now
   * @throws IllegalArgumentException where there is none of that name and method
   */
  public BoundKeypairStatus boundKeypair(String tokenName) {
    return state.boundKeypairs().status(tokenName);
  }

  /**
   * Takes the lock away that a wrong join state has brought about.
   *
   * @param tokenName the token resource, of the method {@code bound_keypair}
   * @throws IllegalArgumentException where there is none of that name and method
   */
  public void unlockToken(String tokenName) {
    state.boundKeypairs().lock(tokenName, false);
  }

  /**
   * The Kubernetes cluster that this cluster runs in: it issues the tokens of service accounts that
   * join by the method {@code kubernetes} with the type {@code in_cluster}.
   *
   * @return its issuer
   */
  public TestOidcIssuer ownKubernetes() {
    return oidcIssuer(Evidence.OWN_KUBERNETES);
  }

  /**
   * Changes a bot.
   *
   * @param name the bot
   * @return the change to make
   * @throws IllegalArgumentException where there is no such bot
   */
  public BotUpdate updateBot(String name) {
    Bots bots = state.bots();
    bots.get(name);
    return new BotUpdate(bots, name);
  }

  /**
   * Locks a bot and its outputs out, at once and until {@link #unlockBot}.
   *
   * @param name the bot
   * @throws IllegalArgumentException where there is no such bot
   */
  public void lockBot(String name) {
    state.bots().lock(name, "locked by the test");
  }

  /**
   * Lets a bot in again, also after a lock that a generation mismatch brought about.
   *
   * @param name the bot
   * @throws IllegalArgumentException where there is no such bot
   */
  public void unlockBot(String name) {
    state.bots().unlock(name);
  }

  /**
   * Whether a bot is locked out.
   *
   * @param name the bot
   * @return whether it is
   * @throws IllegalArgumentException where there is no such bot
   */
  public boolean isLocked(String name) {
    return state.bots().locked(state.bots().get(name).user());
  }

  /**
   * Deletes a bot. Its certificates are still certificates, and every call with them fails.
   *
   * @param name the bot
   * @throws IllegalArgumentException where there is no such bot
   */
  public void deleteBot(String name) {
    state.bots().delete(name);
  }

  /**
   * How often a bot got a renewable certificate.
   *
   * @param name the bot
   * @return zero before it joined; where it has several instances, that of the one seen last
   * @throws IllegalArgumentException where there is no such bot
   */
  public long generationOf(String name) {
    return state.bots().get(name).generation();
  }

  /**
   * Takes one step in the exchange of the host authority, which signs the certificates of servers.
   * Who watches is told; from {@link RotationPhase#UPDATE_CLIENTS} on each step cuts all
   * connections.
   *
   * @param to the next phase: from standby to init, update clients, update servers and standby, or
   *     back by a rollback to standby
   * @throws IllegalStateException where that step does not follow
   */
  public void rotateHostAuthority(RotationPhase to) {
    rotate(AuthorityType.HOST, to);
  }

  /**
   * Takes one step in the exchange of the user authority, which signs the certificates of bots and
   * their outputs. Who watches is told. Certificates are signed by the new authority from {@link
   * RotationPhase#UPDATE_CLIENTS} on; those of the old one are accepted until {@link
   * RotationPhase#STANDBY}, and on connections that are open then for as long as these live. No
   * connection is cut.
   *
   * @param to the next phase, as for {@link #rotateHostAuthority}
   * @throws IllegalStateException where that step does not follow
   */
  public void rotateUserAuthority(RotationPhase to) {
    rotate(AuthorityType.USER, to);
  }

  private void rotate(AuthorityType type, RotationPhase to) {
    authorities.rotate(type, to);
    front.rotated(type, to);
  }

  /**
   * What shall go wrong.
   *
   * @return nothing, until it is told
   */
  public Faults faults() {
    return new Faults(state.faults(), front::reset);
  }

  /** Cuts all connections at once and without a word; new ones are welcome. */
  public void dropConnections() {
    front.dropConnections();
  }

  /**
   * Enrols a Kubernetes cluster that lives in memory.
   *
   * @param name its name
   * @param labels its labels
   * @throws IllegalArgumentException where there is such a cluster already
   */
  public void addKubernetesCluster(String name, Map<String, String> labels) {
    state.addKubernetesCluster(
        new KubernetesCluster(name, labels, TestClusterBuilder.inMemory(clock)));
  }

  /**
   * What is in a Kubernetes cluster that lives in memory.
   *
   * @param name its name
   * @return its objects, to prepare and inspect
   * @throws IllegalArgumentException where there is no such cluster, or it lives elsewhere
   */
  public TestKubernetes kubernetes(String name) {
    return state
        .kubernetesCluster(name)
        .map(KubernetesCluster::backend)
        .filter(InMemoryKubernetes.class::isInstance)
        .map(InMemoryKubernetes.class::cast)
        .map(kubernetes -> new TestKubernetes(kubernetes.fixture()))
        .orElseThrow(
            () ->
                new IllegalArgumentException("no Kubernetes cluster in memory is called " + name));
  }

  /**
   * Takes a Kubernetes cluster away.
   *
   * @param name its name
   * @throws IllegalArgumentException where there is no such cluster
   */
  public void removeKubernetesCluster(String name) {
    state.removeKubernetesCluster(name);
  }

  /**
   * The requests that were answered so far.
   *
   * @return oldest first; of very many only the latest
   */
  public List<RecordedRequest> requests() {
    return recorder.requests();
  }

  /**
   * What bots told of themselves so far; clusters of version 16 are told nothing.
   *
   * @return oldest first
   */
  public List<RecordedHeartbeat> heartbeats() {
    return state.heartbeats().all();
  }

  /**
   * The instances of a bot: one for each process that has joined. Clusters of version 16 keep none.
   *
   * @param botName the bot
   * @return oldest first
   * @throws IllegalArgumentException where there is no such bot
   */
  public List<RecordedBotInstance> botInstances(String botName) {
    return state.bots().instances(botName);
  }

  /**
   * The connections that were made so far.
   *
   * @return oldest first; of very many only the latest
   */
  public List<RecordedConnection> connections() {
    return recorder.connections();
  }

  /**
   * Where this cluster was kinder than a real one would have been.
   *
   * @return one sentence each, in order
   */
  public List<String> warnings() {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(state.kindnesses());
    return List.copyOf(all);
  }

  /** Closes all connections and ports; a second time does nothing. Returns within a few seconds. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      front.close();
      state.kubernetesClusters().forEach(cluster -> cluster.backend().close());
    }
  }

  @Override
  public String toString() {
    return "TestCluster[" + clusterName() + " at " + proxyAddress() + "]";
  }
}
