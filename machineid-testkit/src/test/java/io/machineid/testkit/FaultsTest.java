package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.testkit.PlainBot.Identity;
import io.machineid.wire.auth.Event;
import io.machineid.wire.auth.PingRequest;
import io.machineid.wire.auth.Watch;
import io.machineid.wire.types.WatchKind;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FaultsTest {

  private final List<RecordedRequest> told = new CopyOnWriteArrayList<>();
  private final TestCluster cluster = TestCluster.builder().onRequest(told::add).start();
  private final PlainBot bot = new PlainBot(cluster, "unlucky");
  private final Identity identity = bot.join(cluster.addBot("unlucky").token());

  @AfterEach
  void close() {
    bot.close();
    cluster.close();
  }

  @Test
  void renewalResponse_dropped_isCountedAndNotDelivered() {
    cluster.faults().dropNextRenewalResponse();

    assertThat(codeOf(() -> bot.renew(identity))).isEqualTo(Status.Code.UNAVAILABLE);

    assertThat(cluster.generationOf("unlucky")).isEqualTo(2);
    assertThat(ping(identity)).isNotNull();
    assertThat(codeOf(() -> bot.renew(identity))).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(cluster.isLocked("unlucky")).isTrue();
  }

  @Test
  void unavailable_nextCallsOnly_failThoseAndNothingIsCounted() {
    cluster.faults().unavailable(2);

    assertThat(codeOf(() -> bot.renew(identity))).isEqualTo(Status.Code.UNAVAILABLE);
    HttpResponse<String> find = PlainBot.send(cluster, PlainBot.request(cluster, "/webapi/find"));
    assertThat(find.statusCode()).isEqualTo(503);

    assertThat(bot.renew(identity)).isNotNull();
    assertThat(cluster.generationOf("unlucky")).isEqualTo(2);
  }

  @Test
  void unavailable_asOftenAsCanBeSaid_isUntilItIsTakenBack() {
    cluster.faults().unavailable(1);
    cluster.faults().rateLimited(Integer.MAX_VALUE, Duration.ofSeconds(1));

    assertThat(codeOf(() -> ping(identity))).isEqualTo(Status.Code.UNAVAILABLE);
    for (int call = 1; call <= 3; call++) {
      assertThat(codeOf(() -> ping(identity))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
    cluster.faults().none();
    assertThat(ping(identity)).isNotNull();
  }

  @Test
  void rateLimited_overHttp_saysWhenToComeAgain() {
    cluster.faults().rateLimited(3, Duration.ofSeconds(7));

    HttpResponse<String> find = PlainBot.send(cluster, PlainBot.request(cluster, "/webapi/find"));
    assertThat(find.statusCode()).isEqualTo(429);
    assertThat(find.headers().firstValue("Retry-After")).hasValue("7");
    String token = cluster.addBot("late").token();
    assertThatThrownBy(() -> bot.join(token)).hasMessageStartingWith("429");
    assertThat(codeOf(() -> ping(identity))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    assertThat(bot.join(token)).as("the token was not used up").isNotNull();
  }

  @Test
  void calls_delayed_waitBeforeTheyAreLookedAt() {
    cluster.faults().delayCalls(Duration.ofMillis(300));
    long begin = System.nanoTime();
    ping(identity);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isGreaterThanOrEqualTo(Duration.ofMillis(300));

    cluster.faults().rateLimited(1, Duration.ofSeconds(1));
    cluster.faults().none();
    assertThat(ping(identity)).isNotNull();
  }

  @Test
  void connection_reset_isGoneAndAnotherOneIsWelcome() {
    Iterator<Event> events = watch();
    int number = cluster.connections().get(cluster.connections().size() - 1).number();

    assertThat(cluster.faults().resetConnection(number)).isTrue();

    assertThat(codeOf(events::next)).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(cluster.faults().resetConnection(number)).isFalse();
    assertThat(ping(identity)).isNotNull();
  }

  @Test
  void watch_cancelledByTheClient_isRecordedWithItsArrival() {
    Instant before = cluster.clock().instant();
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(this::watch);
    assertThat(watches()).isEmpty();

    context.cancel(null);

    await().untilAsserted(() -> assertThat(watches()).hasSize(1));
    RecordedRequest watch = watches().get(0);
    assertThat(watch.status()).isEqualTo("CANCELLED");
    assertThat(watch.arrived()).isBetween(before, watch.at());
    await().untilAsserted(() -> assertThat(told).contains(watch));
  }

  @Test
  void requests_withACertificate_showWhichOne() {
    Identity second = bot.renew(identity);
    ping(second);

    assertThat(told)
        .last()
        .extracting(RecordedRequest::certificate)
        .isEqualTo(
            Optional.of(
                new ClientCertificate(
                    second.certificate().getSerialNumber(),
                    second.certificate().getNotBefore().toInstant(),
                    second.certificate().getNotAfter().toInstant(),
                    java.util.OptionalLong.of(2))));
    assertThat(cluster.connections())
        .last()
        .extracting(RecordedConnection::certificate)
        .isEqualTo(told.get(told.size() - 1).certificate());
  }

  private List<RecordedRequest> watches() {
    return cluster.requests().stream()
        .filter(request -> request.path().endsWith("/WatchEvents"))
        .toList();
  }

  private Iterator<Event> watch() {
    Iterator<Event> events =
        bot.auth(identity)
            .watchEvents(
                Watch.newBuilder()
                    .addKinds(WatchKind.newBuilder().setKind("cert_authority"))
                    .build());
    events.next();
    return events;
  }

  private Object ping(Identity who) {
    return bot.auth(who).ping(PingRequest.getDefaultInstance());
  }

  private static Status.Code codeOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call).getStatus().getCode();
  }
}
