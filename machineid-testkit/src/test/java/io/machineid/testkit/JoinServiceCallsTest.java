package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.machineid.wire.joinv1.BotParams;
import io.machineid.wire.joinv1.BotResult;
import io.machineid.wire.joinv1.ClientInit;
import io.machineid.wire.joinv1.ClientParams;
import io.machineid.wire.joinv1.IAMInit;
import io.machineid.wire.joinv1.JoinRequest;
import io.machineid.wire.joinv1.JoinResponse;
import io.machineid.wire.joinv1.JoinServiceGrpc;
import io.machineid.wire.joinv1.ProxySuppliedParams;
import io.machineid.wire.joinv1.PublicKeys;
import io.machineid.wire.joinv1.TokenInit;
import java.io.ByteArrayInputStream;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The join service of Teleport 18, asked by a client that is no bot of ours. */
class JoinServiceCallsTest {

  private final KeyPair tls = PlainBot.newKey("EC");
  private final KeyPair ssh = PlainBot.newKey("RSA");
  private TestCluster cluster;
  private PlainBot bot;

  private void start(int version) {
    cluster = TestCluster.builder().teleportVersion(version).start();
    cluster.addBot("example");
    bot = new PlainBot(cluster, "example");
  }

  @AfterEach
  void stop() {
    bot.close();
    cluster.close();
  }

  /** Says one word after the other, each when the cluster has answered the one before. */
  private JoinResponse talk(JoinRequest... words) {
    Deque<JoinRequest> left = new ArrayDeque<>(Arrays.asList(words));
    CompletableFuture<JoinResponse> last = new CompletableFuture<>();
    CompletableFuture<StreamObserver<JoinRequest>> mouth = new CompletableFuture<>();
    mouth.complete(
        JoinServiceGrpc.newStub(bot.channel())
            .join(
                new StreamObserver<>() {
                  @Override
                  public void onNext(JoinResponse value) {
                    if (left.isEmpty()) {
                      last.complete(value);
                    } else {
                      mouth.thenAccept(requests -> requests.onNext(left.remove()));
                    }
                  }

                  @Override
                  public void onError(Throwable error) {
                    last.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {}
                }));
    mouth.join().onNext(left.remove());
    try {
      return last.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (StatusRuntimeException) e.getCause();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static JoinRequest hello(ClientInit.Builder init) {
    return JoinRequest.newBuilder().setClientInit(init.setSystemRole("Bot")).build();
  }

  private JoinRequest token() {
    return hello(ClientInit.newBuilder().setTokenName(cluster.newToken("example").token()));
  }

  private BotParams.Builder params() {
    byte[] blob = Base64.getDecoder().decode(PlainBot.sshLine(ssh).split(" ")[1].strip());
    return BotParams.newBuilder()
        .setPublicKeys(
            PublicKeys.newBuilder()
                .setPublicTlsKey(ByteString.copyFrom(tls.getPublic().getEncoded()))
                .setPublicSshKey(ByteString.copyFrom(blob)))
        .setExpires(PlainBot.timestamp(Instant.now().plusSeconds(600)));
  }

  private static JoinRequest init(BotParams.Builder params) {
    return JoinRequest.newBuilder()
        .setTokenInit(
            TokenInit.newBuilder().setClientParams(ClientParams.newBuilder().setBotParams(params)))
        .build();
  }

  private void assertRefused(Status.Code code, String words, JoinRequest... said) {
    assertThatThrownBy(() -> talk(said))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
        .hasMessageContaining(words);
  }

  @Test
  void token_buysCertificates_eachForAKeyOfItsOwn_inBinary() throws Exception {
    start(18);
    BotResult result = talk(token(), init(params())).getResult().getBotResult();

    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(result.getCertificates().getTlsCert().toByteArray()));
    assertThat(certificate.getPublicKey()).isEqualTo(tls.getPublic());
    assertThat(result.getCertificates().getTlsCert().byteAt(0)).as("DER").isEqualTo((byte) 0x30);
    assertThat(result.getCertificates().getSshCert().substring(4, 32).toStringUtf8())
        .isEqualTo("ssh-rsa-cert-v01@openssh.com");
    assertThat(result.getCertificates().getTlsCaCertsList())
        .hasSize(2)
        .allMatch(der -> der.byteAt(0) == 0x30);
    assertThat(result.getCertificates().getSshCaKeysList()).hasSize(2);
    assertThat(result.hasBoundKeypairResult()).isFalse();
  }

  @Test
  void greeting_namesMethodAndSuite_andUsesNothingUp() {
    start(18);
    JoinRequest hello = token();
    for (int i = 0; i < 2; i++) {
      assertThat(talk(hello).getInit())
          .satisfies(
              greeting -> {
                assertThat(greeting.getJoinMethod()).isEqualTo("token");
                assertThat(greeting.getSignatureAlgorithmSuite()).isEqualTo("balanced-v1");
              });
    }
  }

  @Test
  void whatDoesNotFit_isRefused() {
    start(18);
    JoinRequest hello = token();
    assertRefused(
        Status.Code.PERMISSION_DENIED,
        "token expired or not found",
        hello(ClientInit.newBuilder().setTokenName("no-such-token")));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "client requested join method \"github\" but token only supports \"token\"",
        JoinRequest.newBuilder()
            .setClientInit(hello.getClientInit().toBuilder().setJoinMethod("github"))
            .build());
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "the token does not allow \"Node\" role",
        JoinRequest.newBuilder()
            .setClientInit(hello.getClientInit().toBuilder().setSystemRole("Node"))
            .build());
    assertRefused(
        Status.Code.PERMISSION_DENIED,
        "only the Proxy service may forward a join",
        JoinRequest.newBuilder()
            .setClientInit(hello.getClientInit().toBuilder().setForwardedByProxy(true))
            .build());
    assertRefused(
        Status.Code.PERMISSION_DENIED,
        "only the Proxy service may forward a join",
        JoinRequest.newBuilder()
            .setClientInit(
                hello.getClientInit().toBuilder()
                    .setProxySuppliedParameters(ProxySuppliedParams.getDefaultInstance()))
            .build());
    assertRefused(Status.Code.INVALID_ARGUMENT, "expected ClientInit", init(params()));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "expected TOKEN_INIT, got IAM_INIT",
        hello,
        JoinRequest.newBuilder().setIamInit(IAMInit.getDefaultInstance()).build());
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "missing parameter Expires",
        hello,
        init(params().clearExpires()));
    assertRefused(
        Status.Code.UNKNOWN, "ssh: no key found", hello, init(params().clearPublicKeys()));
    assertThat(talk(hello, init(params())).hasResult()).as("the token is still good").isTrue();
    assertRefused(Status.Code.PERMISSION_DENIED, "token expired or not found", hello);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17})
  void olderVersions_haveNone(int version) {
    start(version);
    assertRefused(Status.Code.UNIMPLEMENTED, "JoinService", token());
  }
}
