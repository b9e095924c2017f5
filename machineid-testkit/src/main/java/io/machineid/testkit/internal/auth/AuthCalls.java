package io.machineid.testkit.internal.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.AuthorityType;
import io.machineid.testkit.internal.pki.Pem;
import io.machineid.testkit.internal.pki.SignatureSuite;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.AuthServiceGrpc;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.auth.Event;
import io.machineid.wire.auth.Features;
import io.machineid.wire.auth.GetClusterCACertResponse;
import io.machineid.wire.auth.GetRoleRequest;
import io.machineid.wire.auth.ListResourcesRequest;
import io.machineid.wire.auth.ListResourcesResponse;
import io.machineid.wire.auth.PingRequest;
import io.machineid.wire.auth.PingResponse;
import io.machineid.wire.auth.UserCertsRequest;
import io.machineid.wire.auth.Watch;
import io.machineid.wire.types.Metadata;
import io.machineid.wire.types.RoleV6;
import io.machineid.wire.types.UserV2;
import java.util.stream.Collectors;

/** The auth service's own calls. */
final class AuthCalls extends AuthServiceGrpc.AuthServiceImplBase {

  private static final String NO_ROLE = "access denied to perform action \"read\" on \"role\"";
  private static final Features FEATURES =
      Features.newBuilder().setKubernetes(true).setApp(true).setDb(true).setDesktop(true).build();

  private final Authorities authorities;
  private final ClusterState state;
  private final CertificateRequests certificates;
  private final ResourceList resources;
  private final AuthorityEvents events;
  private final String proxyAddress;

  AuthCalls(
      Authorities authorities,
      ClusterState state,
      CertificateRequests certificates,
      ResourceList resources,
      AuthorityEvents events,
      String proxyAddress) {
    this.authorities = authorities;
    this.state = state;
    this.certificates = certificates;
    this.resources = resources;
    this.events = events;
    this.proxyAddress = proxyAddress;
  }

  @Override
  public void ping(PingRequest request, StreamObserver<PingResponse> observer) {
    Connection connection = Answers.connection();
    Answers.answer(
        observer,
        () ->
            PingResponse.newBuilder()
                .setSignatureAlgorithmSuite(state.suite().map(SignatureSuite::number).orElse(0))
                .setClusterName(authorities.clusterName())
                .setServerVersion(state.version().number())
                .setServerFeatures(FEATURES)
                .setProxyPublicAddr(proxyAddress)
                .setRemoteAddr(connection.remoteIp() + ":" + connection.remote().getPort())
                .build());
  }

  @Override
  public void generateUserCerts(UserCertsRequest request, StreamObserver<Certs> observer) {
    Answers.answer(observer, () -> certificates.answer(Answers.connection(), request));
  }

  @Override
  public void getClusterCACert(Empty request, StreamObserver<GetClusterCACertResponse> observer) {
    Answers.answer(
        observer,
        () ->
            GetClusterCACertResponse.newBuilder()
                .setTlsCa(
                    ByteString.copyFromUtf8(
                        authorities.trusted(AuthorityType.HOST).stream()
                            .map(authority -> Pem.certificate(authority.certificate()))
                            .collect(Collectors.joining())))
                .build());
  }

  @Override
  public void getRole(GetRoleRequest request, StreamObserver<RoleV6> observer) {
    Answers.answer(
        observer,
        () -> {
          TlsIdentity caller = Answers.caller(NO_ROLE);
          return caller.roles().stream()
              .filter(request.getName()::equals)
              .findFirst()
              .flatMap(state::role)
              .map(RoleMessages::of)
              .orElseThrow(() -> Refusal.denied(NO_ROLE));
        });
  }

  @Override
  public void getCurrentUser(Empty request, StreamObserver<UserV2> observer) {
    Answers.answer(
        observer,
        () -> {
          TlsIdentity caller = Answers.caller("access denied");
          return UserV2.newBuilder()
              .setKind("user")
              .setVersion("v2")
              .setMetadata(metadata(caller.user(), caller.botName().orElse("")))
              .build();
        });
  }

  /** Where bots have instances the count is theirs, and not in the labels of the user. */
  private Metadata metadata(String user, String bot) {
    Metadata.Builder metadata =
        Metadata.newBuilder()
            .setName(user)
            .setNamespace("default")
            .putLabels("teleport.internal/bot", bot);
    if (!state.version().hasBotInstances()) {
      metadata.putLabels(
          "teleport.internal/bot-generation",
          Long.toString(state.faults().toldCount(state.bots().get(bot).generation())));
    }
    return metadata.build();
  }

  @Override
  public void listResources(
      ListResourcesRequest request, StreamObserver<ListResourcesResponse> observer) {
    Answers.answer(observer, () -> resources.answer(Answers.caller("access denied"), request));
  }

  @Override
  public void watchEvents(Watch request, StreamObserver<Event> observer) {
    try {
      Answers.caller("access denied");
    } catch (Refusal e) {
      observer.onError(e.grpcStatus().asRuntimeException());
      return;
    }
    events.subscribe(request, observer);
  }
}
