package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.testkit.PlainBot.Identity;
import io.machineid.wire.auth.AuthServiceGrpc;
import io.machineid.wire.auth.Event;
import io.machineid.wire.auth.Operation;
import io.machineid.wire.auth.PingRequest;
import io.machineid.wire.auth.Watch;
import io.machineid.wire.types.CertAuthoritySpecV2;
import io.machineid.wire.types.WatchKind;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RotationTest {

  private static final Watch WATCH =
      Watch.newBuilder()
          .addKinds(
              WatchKind.newBuilder()
                  .setKind("cert_authority")
                  .putFilter("host", "test.example")
                  .putFilter("user", "test.example")
                  .putFilter("db", "test.example"))
          .build();

  private final TestCluster cluster = TestCluster.start();
  private PlainBot bot;
  private Identity identity;

  @BeforeEach
  void join() {
    bot = new PlainBot(cluster, "rot");
    identity = bot.join(cluster.addBot("rot").token());
  }

  @AfterEach
  void close() {
    bot.close();
    cluster.close();
  }

  @Test
  void watchers_areToldOfEachPhaseAndCutWhereServersBeginAnew() {
    Iterator<Event> events = bot.auth(identity).watchEvents(WATCH);
    Event first = events.next();
    assertThat(first.getType()).isEqualTo(Operation.INIT);
    assertThat(first.getWatchStatus().getSpec().getKindsList())
        .containsExactlyElementsOf(WATCH.getKindsList());

    cluster.rotateHostAuthority(RotationPhase.INIT);
    CertAuthoritySpecV2 init = events.next().getCertAuthority().getSpec();
    assertThat(init.getRotation().getPhase()).isEqualTo("init");
    assertThat(init.getRotation().getState()).isEqualTo("in_progress");
    assertThat(init.getAdditionalTrustedKeys().getTlsCount()).isEqualTo(1);

    cluster.rotateHostAuthority(RotationPhase.UPDATE_CLIENTS);
    assertThatThrownBy(
            () -> {
              while (events.hasNext()) {
                events.next();
              }
            })
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  void authorities_areExchangedStepByStep() {
    List<String> before = cluster.caPins();

    cluster.rotateHostAuthority(RotationPhase.INIT);
    assertThat(cluster.caPins()).hasSize(2).startsWith(before.get(0));
    cluster.rotateHostAuthority(RotationPhase.UPDATE_CLIENTS);
    identity = bot.renew(identity);
    assertThat(identity.authorities()).hasSize(3);
    cluster.rotateHostAuthority(RotationPhase.UPDATE_SERVERS);
    assertThat(ping()).isNotNull();
    cluster.rotateHostAuthority(RotationPhase.STANDBY);

    assertThat(cluster.caPins()).hasSize(1).doesNotContainAnyElementsOf(before);
    assertThat(ping()).isNotNull();
  }

  @Test
  void rollback_bringsTheOldAuthorityBack() {
    List<String> before = cluster.caPins();
    cluster.rotateHostAuthority(RotationPhase.INIT);
    cluster.rotateHostAuthority(RotationPhase.UPDATE_CLIENTS);
    cluster.rotateHostAuthority(RotationPhase.UPDATE_SERVERS);

    cluster.rotateHostAuthority(RotationPhase.ROLLBACK);
    assertThat(ping()).isNotNull();
    cluster.rotateHostAuthority(RotationPhase.STANDBY);

    assertThat(cluster.caPins()).isEqualTo(before);
    assertThat(ping()).isNotNull();
  }

  @Test
  void step_outOfOrder_isRefused() {
    assertThatThrownBy(() -> cluster.rotateHostAuthority(RotationPhase.UPDATE_SERVERS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("STANDBY");
  }

  private Object ping() {
    AuthServiceGrpc.AuthServiceBlockingStub auth = bot.auth(identity);
    return auth.ping(PingRequest.getDefaultInstance());
  }
}
