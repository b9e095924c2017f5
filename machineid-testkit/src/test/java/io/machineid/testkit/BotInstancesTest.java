package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.wire.auth.UserCertsRequest;
import io.machineid.wire.join.JoinServiceGrpc;
import io.machineid.wire.types.RegisterUsingTokenRequest;
import java.security.KeyPair;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clusters that keep instances of bots, and those that do not. */
class BotInstancesTest {

  private static final String GITHUB =
      """
      kind: token
      version: v2
      metadata: {name: github-token}
      spec:
        roles: [Bot]
        bot_name: example
        join_method: github
        github: {allow: [{repository: acme/web}]}
      """;

  private static TestCluster cluster(int version) {
    TestCluster cluster = TestCluster.builder().teleportVersion(version).start();
    cluster.addBot("example");
    return cluster;
  }

  private static PlainBot.Identity renew(PlainBot bot, PlainBot.Identity identity) {
    ByteString ssh = bot.renewal().getPublicKey();
    UserCertsRequest request =
        bot.renewal().setSshPublicKey(ssh).setTlsPublicKey(tls(identity.key())).build();
    return bot.identity(bot.auth(identity).generateUserCerts(request));
  }

  private static ByteString tls(KeyPair key) {
    return ByteString.copyFromUtf8(
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
  }

  private static String instance(PlainBot.Identity identity) {
    return TlsIdentity.decode(identity.certificate()).botInstanceId().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18})
  void tokens_eachMakeAnInstance_thatIsCountedByItself(int version) {
    try (TestCluster cluster = cluster(version);
        PlainBot one = new PlainBot(cluster, "example");
        PlainBot other = new PlainBot(cluster, "example")) {
      PlainBot.Identity first = one.join(cluster.newToken("example").token());
      PlainBot.Identity second = other.join(cluster.newToken("example").token());
      PlainBot.Identity renewed = renew(one, renew(one, first));

      assertThat(instance(renewed)).isEqualTo(instance(first)).isNotEqualTo(instance(second));
      assertThat(cluster.botInstances("example"))
          .extracting(RecordedBotInstance::generation)
          .containsExactly(3L, 1L);
      assertThat(one.auth(renewed).getCurrentUser(Empty.getDefaultInstance()).getMetadata())
          .satisfies(
              told ->
                  assertThat(told.getLabelsMap())
                      .doesNotContainKey("teleport.internal/bot-generation"));
      assertThatThrownBy(() -> renew(one, first))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("renewable cert generation mismatch: stored=3, presented=1");
      assertThat(cluster.isLocked("example")).as("the user, and so all instances").isTrue();
      assertThatThrownBy(() -> other.join(cluster.newToken("example").token()))
          .hasMessageContaining("access denied");
    }
  }

  @Test
  void version16_takesOneTokenForEachBot_andKeepsNoInstances() {
    try (TestCluster cluster = cluster(16);
        PlainBot bot = new PlainBot(cluster, "example")) {
      PlainBot.Identity first = bot.join(cluster.newToken("example").token());

      assertThatThrownBy(() -> bot.join(cluster.newToken("example").token()))
          .hasMessageContaining("has already been issued a renewable certificate");
      assertThat(cluster.botInstances("example")).isEmpty();
      assertThatThrownBy(() -> register(cluster, bot, first))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }
  }

  @Test
  void joinAgain_isOfTheInstanceThatShowsItself_andOfAnotherWithoutACertificate() {
    try (TestCluster cluster = cluster(17);
        PlainBot bot = new PlainBot(cluster, "example")) {
      cluster.createToken(GITHUB);
      PlainBot.Identity first = register(cluster, bot);
      PlainBot.Identity again = register(cluster, bot, first);
      PlainBot.Identity stranger = register(cluster, bot);

      assertThat(instance(again)).isEqualTo(instance(first)).isNotEqualTo(instance(stranger));
      assertThat(cluster.botInstances("example"))
          .extracting(RecordedBotInstance::joins)
          .containsExactly(2, 1);
      cluster.lockBot("example");
      assertThatThrownBy(() -> register(cluster, bot, again))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("PERMISSION_DENIED: access denied");
      cluster.unlockBot("example");
      cluster.deleteBot("example");
      cluster.addBot("example");
      assertThat(cluster.botInstances("example")).isEmpty();
    }
  }

  private static PlainBot.Identity register(
      TestCluster cluster, PlainBot bot, PlainBot.Identity... as) {
    String idToken =
        cluster
            .oidcIssuer("https://token.actions.githubusercontent.com")
            .sign(Map.of("aud", "teleport.cluster.local", "repository", "acme/web"));
    return bot.identity(
        JoinServiceGrpc.newBlockingStub(bot.channel(as))
            .registerUsingToken(
                RegisterUsingTokenRequest.newBuilder()
                    .setRole("Bot")
                    .setToken("github-token")
                    .setIdToken(idToken)
                    .setPublicSshKey(bot.renewal().getPublicKey())
                    .build()));
  }
}
