package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.testkit.PlainBot.Identity;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.wire.auth.AuthServiceGrpc;
import io.machineid.wire.auth.GetRoleRequest;
import io.machineid.wire.auth.ListResourcesRequest;
import io.machineid.wire.auth.ListResourcesResponse;
import io.machineid.wire.auth.PingRequest;
import io.machineid.wire.auth.PingResponse;
import io.machineid.wire.trust.GetCertAuthoritiesRequest;
import io.machineid.wire.trust.GetCertAuthorityRequest;
import io.machineid.wire.trust.TrustServiceGrpc;
import io.machineid.wire.types.CertAuthorityV2;
import io.machineid.wire.types.RoleV6;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AuthServiceTest {

  private static final String ROLES =
      """
      kind: role
      version: v7
      metadata: {name: example-role}
      spec:
        allow:
          kubernetes_labels: {env: dev}
          kubernetes_groups: [editor]
          kubernetes_resources: [{kind: "*", namespace: "*", name: "*", verbs: ["*"]}]
      ---
      kind: role
      version: v7
      metadata: {name: editor}
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
      """;

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final TestCluster cluster =
      TestCluster.builder()
          .clusterName("real.example")
          .clock(clock)
          .kubernetesCluster("example-k8s-cluster", Map.of("env", "dev"))
          .kubernetesCluster("production", Map.of("env", "prod"))
          .start();
  private PlainBot bot;
  private Identity identity;

  @BeforeEach
  void join() {
    cluster.createRole(ROLES);
    bot = new PlainBot(cluster, "e1");
    identity = bot.join(cluster.addBot("e1", "example-role").token());
  }

  @AfterEach
  void close() {
    bot.close();
    cluster.close();
  }

  @Test
  void ping_withOrWithoutCertificate_namesClusterAndProxy() {
    PingResponse known = bot.auth(identity).ping(PingRequest.getDefaultInstance());
    PingResponse unknown = bot.auth().ping(PingRequest.getDefaultInstance());

    assertThat(known.getClusterName()).isEqualTo("real.example");
    assertThat(known.getServerVersion()).isEqualTo("16.0.0-dev");
    assertThat(known.getProxyPublicAddr()).isEqualTo(cluster.proxyAddress());
    assertThat(known.getRemoteAddr()).startsWith("127.0.0.1:");
    assertThat(unknown.getClusterName()).isEqualTo("real.example");
  }

  @Test
  void renewal_withCurrentGeneration_countsUpAndReturnsBothAuthorities() {
    Identity renewed = bot.renew(identity);

    TlsIdentity decoded = TlsIdentity.decode(renewed.certificate());
    assertThat(decoded.generation()).hasValue(2);
    assertThat(decoded.renewable()).isTrue();
    assertThat(renewed.authorities()).hasSize(2);
    assertThat(renewed.authorities().get(1)).isEqualTo(cluster.hostAuthorityPem());
    assertThat(cluster.generationOf("e1")).isEqualTo(2);
  }

  @Test
  void renewal_withOldGeneration_isRefusedAndLocksTheBot() {
    bot.renew(identity);

    assertRefusal(
        "err-generation-mismatch-old-copy",
        () -> bot.auth(identity).generateUserCerts(bot.renewal().build()));
    assertThat(cluster.isLocked("e1")).isTrue();
    assertRefusal(
        "err-gen-locked-new-connection-ping",
        () -> bot.auth(identity).ping(PingRequest.getDefaultInstance()));

    cluster.unlockBot("e1");
    assertThat(bot.auth(identity).ping(PingRequest.getDefaultInstance())).isNotNull();
  }

  @Test
  void output_withGrantedRole_isImpersonatedAndNotRenewable() {
    Identity output = output("example-role", "example-k8s-cluster");

    TlsIdentity decoded = TlsIdentity.decode(output.certificate());
    assertThat(decoded.roles()).containsExactly("example-role");
    assertThat(decoded.user()).isEqualTo("bot-e1");
    assertThat(decoded.impersonator()).hasValue("bot-e1");
    assertThat(decoded.disallowReissue()).isTrue();
    assertThat(decoded.renewable()).isFalse();
    assertThat(decoded.generation()).isEmpty();
    assertThat(decoded.kubernetesGroups()).containsExactly("editor");
    assertThat(decoded.kubernetesCluster()).hasValue("example-k8s-cluster");
    assertThat(output.authorities()).hasSize(1);
    assertThat(cluster.generationOf("e1")).isEqualTo(1);
  }

  @Test
  void expiry_beyondTheCaps_isCut() {
    Instant far = clock.instant().plus(Duration.ofDays(30));

    Identity renewed =
        bot.identity(
            bot.auth(identity)
                .generateUserCerts(bot.renewal().setExpires(PlainBot.timestamp(far)).build()));
    Identity output =
        bot.identity(
            bot.auth(renewed)
                .generateUserCerts(
                    bot.output("example-role").setExpires(PlainBot.timestamp(far)).build()));

    assertThat(life(renewed)).isEqualTo(Duration.ofHours(12).plusMinutes(1));
    assertThat(life(output)).isEqualTo(Duration.ofHours(24).plusMinutes(1));
  }

  private static Duration life(Identity identity) {
    return Duration.between(
            identity.certificate().getNotBefore().toInstant(),
            identity.certificate().getNotAfter().toInstant())
        .truncatedTo(ChronoUnit.SECONDS);
  }

  @Test
  void refusals_ofCertificateRequests_areThoseOfARealCluster() {
    AuthServiceGrpc.AuthServiceBlockingStub auth = bot.auth(identity);
    Identity output = output("example-role", "");

    assertRefusal("err-empty-role-requests", () -> auth.generateUserCerts(bot.output().build()));
    assertRefusal(
        "err-role-not-granted", () -> auth.generateUserCerts(bot.output("editor").build()));
    assertRefusal(
        "err-role-does-not-exist",
        () -> auth.generateUserCerts(bot.output("no-such-role").build()));
    assertRefusal(
        "err-kube-cluster-does-not-exist",
        () ->
            auth.generateUserCerts(
                bot.output("example-role").setKubernetesCluster("no-such-cluster").build()));
    assertRefusal(
        "err-route-to-unknown-cluster",
        () ->
            auth.generateUserCerts(
                bot.output("example-role").setRouteToCluster("other.example").build()));
    assertRefusal(
        "err-other-username",
        () -> auth.generateUserCerts(bot.output("example-role").setUsername("bot-x").build()));
    assertRefusal(
        "err-expires-unset",
        () -> auth.generateUserCerts(bot.output("example-role").clearExpires().build()));
    assertRefusal(
        "err-expires-in-past",
        () ->
            auth.generateUserCerts(
                bot.output("example-role").setExpires(PlainBot.timestamp(Instant.EPOCH)).build()));
    assertRefusal(
        "err-garbage-public-key",
        () ->
            auth.generateUserCerts(
                bot.output("example-role")
                    .setPublicKey(ByteString.copyFromUtf8("garbage"))
                    .build()));
    assertRefusal(
        "err-empty-public-key",
        () -> auth.generateUserCerts(bot.output("example-role").clearPublicKey().build()));
    assertRefusal(
        "err-reissue-from-output-cert",
        () -> bot.auth(output).generateUserCerts(bot.output("example-role").build()));
    assertRefusal(
        "err-generateusercerts-no-client-cert",
        () -> bot.auth().generateUserCerts(bot.output("example-role").build()));
    assertThat(cluster.isLocked("e1")).isFalse();
  }

  @Test
  void role_isReadableByItsHoldersOnly() {
    RoleV6 own = bot.auth(identity).getRole(role("bot-e1"));
    RoleV6 target = bot.auth(output("example-role", "")).getRole(role("example-role"));

    assertThat(own.getSpec().getAllow().getImpersonate().getRolesList())
        .containsExactly("example-role");
    assertThat(target.getSpec().getAllow().getKubeGroupsList()).containsExactly("editor");
    assertRefusal(
        "err-getrole-target-role-as-bot", () -> bot.auth(identity).getRole(role("example-role")));
    assertRefusal("err-getrole-unknown", () -> bot.auth(identity).getRole(role("no-such-role")));
    assertRefusal("err-getrole-no-client-cert", () -> bot.auth().getRole(role("bot-e1")));
  }

  private static GetRoleRequest role(String name) {
    return GetRoleRequest.newBuilder().setName(name).build();
  }

  @Test
  void kubernetesClusters_areListedAsTheRolesAllow() {
    Identity output = output("example-role", "");

    assertThat(list(identity, "").getResourcesList()).isEmpty();
    assertThat(list(output, "").getResourcesList())
        .extracting(
            each -> each.getKubernetesServer().getSpec().getCluster().getMetadata().getName())
        .containsExactly("example-k8s-cluster");
    assertThat(
            list(
                    output,
                    "(name == \"example-k8s-cluster\") || "
                        + "(labels[\"teleport.internal/discovered-name\"] == \"example-k8s-cluster\")")
                .getResourcesCount())
        .isEqualTo(1);
    assertThat(list(output, "name == \"nope\"").getResourcesList()).isEmpty();
    assertRefusal("err-listresources-bad-predicate", () -> list(output, "name =="));
    assertRefusal(
        "err-listresources-unknown-type",
        () ->
            bot.auth(output)
                .listResources(
                    ListResourcesRequest.newBuilder().setResourceType("nosuch").build()));
  }

  private ListResourcesResponse list(Identity as, String predicate) {
    return bot.auth(as)
        .listResources(
            ListResourcesRequest.newBuilder()
                .setResourceType("kube_server")
                .setNamespace("default")
                .setLimit(1000)
                .setPredicateExpression(predicate)
                .build());
  }

  @Test
  void authorities_areReadableWithoutTheirKeys() {
    TrustServiceGrpc.TrustServiceBlockingStub trust =
        TrustServiceGrpc.newBlockingStub(bot.channel(identity));

    CertAuthorityV2 host = trust.getCertAuthority(authority("host", "real.example"));
    CertAuthorityV2 db = trust.getCertAuthority(authority("db", "real.example"));

    assertThat(host.getSpec().getActiveKeys().getTls(0).getCert().toStringUtf8())
        .isEqualTo(cluster.hostAuthorityPem());
    assertThat(host.getSpec().getActiveKeys().getSsh(0).getPrivateKey().isEmpty()).isTrue();
    assertThat(db.getSpec().getActiveKeys().getSshList()).isEmpty();
    assertThat(bot.auth().getClusterCACert(Empty.getDefaultInstance()).getTlsCa().toStringUtf8())
        .isEqualTo(cluster.hostAuthorityPem());
    assertRefusal(
        "err-getca-unknown-domain", () -> trust.getCertAuthority(authority("host", "nosuch")));
    assertRefusal("err-getcas-unknown-type", () -> trust.getCertAuthorities(all("nosuch", false)));
    assertRefusal("err-getcas-empty-type", () -> trust.getCertAuthorities(all("", false)));
    assertRefusal("err-getcas-include-key", () -> trust.getCertAuthorities(all("host", true)));
  }

  private static GetCertAuthorityRequest authority(String type, String domain) {
    return GetCertAuthorityRequest.newBuilder().setType(type).setDomain(domain).build();
  }

  private static GetCertAuthoritiesRequest all(String type, boolean withKey) {
    return GetCertAuthoritiesRequest.newBuilder().setType(type).setIncludeKey(withKey).build();
  }

  @Test
  void lockedBot_isRefusedOnOpenConnectionsAndWithOutputs() {
    Identity output = output("example-role", "");
    AuthServiceGrpc.AuthServiceBlockingStub open = bot.auth(identity);
    assertThat(open.ping(PingRequest.getDefaultInstance())).isNotNull();

    cluster.lockBot("e1");

    assertRefusal("err-locked-by-admin-ping", () -> open.ping(PingRequest.getDefaultInstance()));
    assertRefusal(
        "err-locked-by-admin-output-cert-ping",
        () -> bot.auth(output).ping(PingRequest.getDefaultInstance()));
  }

  @Test
  void deletedBot_isNotFound() {
    cluster.addBot("x-del", "example-role");
    PlainBot doomed = new PlainBot(cluster, "x-del");
    Identity joined = doomed.join(cluster.newToken("x-del").token());

    cluster.deleteBot("x-del");

    assertRefusal(
        "err-deleted-bot-ping", () -> doomed.auth(joined).ping(PingRequest.getDefaultInstance()));
    doomed.close();
  }

  @Test
  void expiredCertificate_worksOnOpenConnectionsOnly() {
    AuthServiceGrpc.AuthServiceBlockingStub open = bot.auth(identity);
    assertThat(open.ping(PingRequest.getDefaultInstance())).isNotNull();

    clock.advance(Duration.ofHours(2));

    assertThat(open.ping(PingRequest.getDefaultInstance())).isNotNull();
    assertThatThrownBy(() -> bot.auth(identity).ping(PingRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  void requests_areRecordedWithUserAndStatus() {
    bot.auth(identity).ping(PingRequest.getDefaultInstance());

    await()
        .untilAsserted(
            () ->
                assertThat(cluster.requests())
                    .anySatisfy(
                        request -> {
                          assertThat(request.path()).isEqualTo("/proto.AuthService/Ping");
                          assertThat(request.user()).hasValue("bot-e1");
                          assertThat(request.status()).isEqualTo("OK");
                        }));
    assertThat(cluster.connections()).anyMatch(each -> each.service().equals("AUTH"));
  }

  private Identity output(String role, String kubernetesCluster) {
    return bot.identity(
        bot.auth(identity)
            .generateUserCerts(bot.output(role).setKubernetesCluster(kubernetesCluster).build()));
  }

  private static void assertRefusal(
      String goldenCase, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    StatusRuntimeException refusal = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(refusal).as(goldenCase).isNotNull();
    Golden.json("grpc/refusals.json")
        .forEach(
            each -> {
              if (each.get("case").asText().equals(goldenCase)) {
                assertThat(refusal.getStatus().getCode().name())
                    .as(goldenCase)
                    .isEqualTo(each.get("code").asText());
                assertThat(refusal.getStatus().getDescription())
                    .as(goldenCase)
                    .isEqualTo(each.get("message").asText());
              }
            });
  }
}
