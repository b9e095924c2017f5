package io.machineid.internal.auth;

import com.google.protobuf.Empty;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.CertificateAuthorities;
import io.machineid.CredentialException;
import io.machineid.KubernetesCluster;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.transport.Anything;
import io.machineid.internal.transport.AuthChannels;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.tls.PinnedTls;
import io.machineid.wire.auth.AuthServiceGrpc;
import io.machineid.wire.auth.AuthServiceGrpc.AuthServiceBlockingStub;
import io.machineid.wire.auth.GetRoleRequest;
import io.machineid.wire.auth.ListResourcesRequest;
import io.machineid.wire.auth.ListResourcesResponse;
import io.machineid.wire.auth.PaginatedResource;
import io.machineid.wire.auth.PingRequest;
import io.machineid.wire.auth.UserCertsRequest;
import io.machineid.wire.machineid.BotInstanceServiceGrpc;
import io.machineid.wire.machineid.SubmitHeartbeatRequest;
import io.machineid.wire.machineid.SubmitHeartbeatResponse;
import io.machineid.wire.trust.GetCertAuthoritiesRequest;
import io.machineid.wire.trust.GetCertAuthoritiesResponse;
import io.machineid.wire.trust.TrustServiceGrpc;
import io.machineid.wire.trust.TrustServiceGrpc.TrustServiceFutureStub;
import io.machineid.wire.types.CAKeySet;
import io.machineid.wire.types.CertAuthorityV2;
import io.machineid.wire.types.KubernetesClusterV3;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * The auth service as one identity calls it, over one connection. Thread-safe; every call blocks,
 * with a time-out.
 */
public final class AuthClient implements AutoCloseable {

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
  private static final String GENERATION_LABEL = "teleport.internal/bot-generation";
  private static final int PAGE_SIZE = 1000;
  private static final int PAGE_LIMIT = 1000;

  private final AuthRoute route;
  private final ManagedChannel channel;
  private final ServerVersion version = new ServerVersion();
  private final Channel calls;

  /**
   * Makes a client; connects with the first call.
   *
   * @param route the way to the auth service
   * @param tls pinned to the route's name
   */
  public AuthClient(AuthRoute route, SSLContext tls) {
    this(route, AuthChannels.open(route, tls));
  }

  private AuthClient(AuthRoute route, ManagedChannel channel) {
    this.route = route;
    this.channel = channel;
    this.calls = ClientInterceptors.intercept(channel, version, new StaleDials(channel));
  }

  /**
   * Makes a client whose connection ends when there were no calls for a while; the next call
   * connects again.
   *
   * @param route the way to the auth service
   * @param tls pinned to the route's name
   */
  public static AuthClient brief(AuthRoute route, SSLContext tls) {
    return new AuthClient(route, AuthChannels.openBriefly(route, tls));
  }

  /**
   * Makes a client without a certificate that verifies nobody: for what everybody may know, and is
   * verified by itself.
   *
   * @param route the way to the auth service
   */
  public static AuthClient anonymous(AuthRoute route) {
    TrustManager[] unverified = {new Anything()};
    return new AuthClient(
        route, PinnedTls.context(route.serverName(), new KeyManager[0], unverified));
  }

  /**
   * Takes it that the server is of some version, until it says so itself.
   *
   * @param major the first number
   */
  public void presumeServer(Optional<Integer> major) {
    version.presume(major);
  }

  private static Deadline deadline() {
    return Deadline.after(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private <T> T call(String what, Supplier<T> action) {
    try {
      return action.get();
    } catch (StatusRuntimeException e) {
      throw AuthErrors.of(e, route, what);
    }
  }

  /** For calls that change nothing: a connection that breaks under one costs another try. */
  private <T> T read(String what, Function<AuthServiceBlockingStub, T> question) {
    AuthServiceBlockingStub auth = AuthServiceGrpc.newBlockingStub(calls).withDeadline(deadline());
    return call(what, () -> RepeatedReads.on(channel, () -> question.apply(auth)));
  }

  /** The public address of the cluster's proxy, empty where there is none. */
  public Optional<String> proxyPublicAddress() {
    String address =
        read("Ping", auth -> auth.ping(PingRequest.getDefaultInstance())).getProxyPublicAddr();
    return Optional.of(address).filter(text -> !text.isEmpty());
  }

  /** Asks whether anybody is there. */
  public void ping() {
    var unused = read("Ping", auth -> auth.ping(PingRequest.getDefaultInstance()));
  }

  /** The host authorities' certificates. Works without a client certificate. */
  public List<X509Certificate> clusterAuthority() {
    byte[] pem =
        read("GetClusterCACert", auth -> auth.getClusterCACert(Empty.getDefaultInstance()))
            .getTlsCa()
            .toByteArray();
    return parse(pem, "GetClusterCACert");
  }

  private static List<X509Certificate> parse(byte[] pem, String what) {
    try {
      return Pem.parseCertificates(pem);
    } catch (CertificateException e) {
      throw new CredentialException(
          Reason.BAD_RESPONSE,
          false,
          what + ": the answer holds no certificates that can be decoded",
          e);
    }
  }

  /**
   * What to issue.
   *
   * @param user whom the certificate is for: always the caller
   * @param expires until when
   * @param roles the roles of an output, empty to renew the identity itself
   * @param cluster the Teleport cluster that an output is for
   * @param kubernetesCluster the Kubernetes cluster that it is for, empty for none
   * @param reissuable whether its holder may ask for others with it
   */
  public record Order(
      String user,
      Instant expires,
      List<String> roles,
      String cluster,
      String kubernetesCluster,
      boolean reissuable) {

    /** An identity's own renewal. */
    public static Order renewal(String user, Instant expires) {
      return new Order(user, expires, List.of(), "", "", false);
    }
  }

  /**
   * Issues certificates for a key. It is sent once: where the answer is lost, the cluster may have
   * counted a renewal all the same.
   */
  public IssuedCertificates issue(Order order, PublicKey key) {
    UserCertsRequest request = CertsRequests.of(order, key, version.major());
    String what =
        order.roles().isEmpty()
            ? "renewing the bot's identity"
            : "issuing a certificate with roles " + order.roles();
    AuthServiceBlockingStub auth = AuthServiceGrpc.newBlockingStub(calls).withDeadline(deadline());
    return IssuedCertificates.of(call(what, () -> auth.generateUserCerts(request)), key);
  }

  /** Whether it is certain that the cluster has not done what it was asked for. */
  public static boolean hasNotIssued(MachineIdException failure) {
    return AuthErrors.isWithoutEffect(failure);
  }

  /**
   * Whether the cluster has refused a renewal because it has counted another one of that identity,
   * and has locked the bot for it.
   */
  public static boolean isOutrun(MachineIdException failure) {
    return AuthErrors.isOfCount(failure);
  }

  /** The roles that a role's holder may ask certificates for. */
  public List<String> impersonatedRoles(String role) {
    return read(
            "GetRole " + role,
            auth -> auth.getRole(GetRoleRequest.newBuilder().setName(role).build()))
        .getSpec()
        .getAllow()
        .getImpersonate()
        .getRolesList()
        .stream()
        .toList();
  }

  /**
   * How often the caller's renewable identity was issued, as the cluster counts; empty where it
   * does not say.
   */
  public Optional<Long> storedGeneration() {
    String label =
        read("GetCurrentUser", auth -> auth.getCurrentUser(Empty.getDefaultInstance()))
            .getMetadata()
            .getLabelsMap()
            .getOrDefault(GENERATION_LABEL, "");
    try {
      return Optional.of(label).filter(text -> !text.isEmpty()).map(Long::valueOf);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Tells the cluster that the bot lives. It is sent once.
   *
   * @return false where the cluster does not know the call
   */
  public boolean submitHeartbeat(Heartbeat heartbeat) {
    SubmitHeartbeatRequest request = heartbeat.request();
    try {
      SubmitHeartbeatResponse unused =
          BotInstanceServiceGrpc.newBlockingStub(calls)
              .withDeadline(deadline())
              .submitHeartbeat(request);
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return false;
      }
      throw AuthErrors.of(e, route, "SubmitHeartbeat");
    }
  }

  /**
   * Watches the authorities of a cluster until the stream ends or is closed.
   *
   * @param cluster the cluster's name
   * @param listener is told on a gRPC thread; must not block
   * @return closes the stream
   */
  public AuthorityWatch watchAuthorities(String cluster, AuthorityWatch.Listener listener) {
    return AuthorityWatch.open(AuthServiceGrpc.newStub(calls), cluster, listener);
  }

  /** The Kubernetes clusters that this identity sees, each once, by name. */
  public List<KubernetesCluster> kubernetesClusters() {
    Map<String, SeenCluster> clusters = new LinkedHashMap<>();
    String startKey = "";
    for (int page = 0; page < PAGE_LIMIT; page++) {
      ListResourcesResponse response = kubernetesServers(startKey);
      response.getResourcesList().stream()
          .filter(PaginatedResource::hasKubernetesServer)
          .map(resource -> resource.getKubernetesServer().getSpec())
          .forEach(
              agent ->
                  clusters
                      .computeIfAbsent(
                          agent.getCluster().getMetadata().getName(),
                          name -> new SeenCluster(agent.getCluster()))
                      .addAgent(agent.getVersion()));
      startKey = response.getNextKey();
      if (startKey.isEmpty()) {
        return clusters.values().stream().map(SeenCluster::toCluster).toList();
      }
    }
    throw new CredentialException(
        Reason.BAD_RESPONSE,
        false,
        "ListResources: the list of Kubernetes clusters does not end",
        null);
  }

  private ListResourcesResponse kubernetesServers(String startKey) {
    ListResourcesRequest request =
        ListResourcesRequest.newBuilder()
            .setResourceType("kube_server")
            .setNamespace("default")
            .setLimit(PAGE_SIZE)
            .setStartKey(startKey)
            .build();
    return read("ListResources", auth -> auth.listResources(request));
  }

  /** A cluster as its first agent describes it, and the versions of all its agents. */
  private record SeenCluster(KubernetesClusterV3 described, Set<String> agentVersions) {

    SeenCluster(KubernetesClusterV3 described) {
      this(described, new HashSet<>());
    }

    void addAgent(String version) {
      agentVersions.add(version);
    }

    KubernetesCluster toCluster() {
      Map<String, String> labels = new LinkedHashMap<>(described.getMetadata().getLabelsMap());
      described
          .getSpec()
          .getDynamicLabelsMap()
          .forEach((name, label) -> labels.put(name, label.getResult()));
      return new KubernetesCluster(described.getMetadata().getName(), labels, agentVersions);
    }
  }

  /** The authorities of all kinds, asked for at the same time. */
  public CertificateAuthorities certificateAuthorities() {
    TrustServiceFutureStub trust = TrustServiceGrpc.newFutureStub(calls).withDeadline(deadline());
    Supplier<GetCertAuthoritiesResponse> host = underWay(trust, "host");
    Supplier<GetCertAuthoritiesResponse> user = underWay(trust, "user");
    Supplier<GetCertAuthoritiesResponse> database = underWay(trust, "db");
    List<CAKeySet> hostKeys = trusted(host);
    List<CAKeySet> userKeys = trusted(user);
    return new CertificateAuthorities(
        certificates(hostKeys),
        certificates(userKeys),
        certificates(trusted(database)),
        sshKeys(hostKeys),
        sshKeys(userKeys));
  }

  /** Asks now; waits when the answer is taken. If it is taken again, it is asked for again. */
  private static Supplier<GetCertAuthoritiesResponse> underWay(
      TrustServiceFutureStub trust, String type) {
    GetCertAuthoritiesRequest request =
        GetCertAuthoritiesRequest.newBuilder().setType(type).build();
    Queue<Future<GetCertAuthoritiesResponse>> first =
        new ArrayDeque<>(List.of(trust.getCertAuthorities(request)));
    return () -> await(first.isEmpty() ? trust.getCertAuthorities(request) : first.remove());
  }

  private List<CAKeySet> trusted(Supplier<GetCertAuthoritiesResponse> answer) {
    return call("GetCertAuthorities", () -> RepeatedReads.on(channel, answer))
        .getCertAuthoritiesV2List()
        .stream()
        .map(CertAuthorityV2::getSpec)
        .flatMap(spec -> Stream.of(spec.getActiveKeys(), spec.getAdditionalTrustedKeys()))
        .toList();
  }

  private static <T> T await(Future<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException status
          ? status
          : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED
          .withCause(e)
          .withDescription("the calling thread was interrupted")
          .asRuntimeException();
    }
  }

  private static List<X509Certificate> certificates(List<CAKeySet> keys) {
    ByteArrayOutputStream pem = new ByteArrayOutputStream();
    keys.stream()
        .flatMap(set -> set.getTlsList().stream())
        .forEach(pair -> pem.writeBytes(pair.getCert().toByteArray()));
    return parse(pem.toByteArray(), "GetCertAuthorities");
  }

  private static List<String> sshKeys(List<CAKeySet> keys) {
    List<String> lines = new ArrayList<>();
    keys.stream()
        .flatMap(set -> set.getSshList().stream())
        .forEach(
            pair -> lines.add(pair.getPublicKey().toString(StandardCharsets.US_ASCII).strip()));
    return lines;
  }

  /** Takes no new calls, lets those under way finish, and then closes. */
  public void closeGently() {
    channel.shutdown();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
