package io.machineid.testkit.internal.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.RoleFile;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Connections with nothing under way are closed after 30 s, others never; time stands still here.
 */
class IdleConnectionTest {

  private final StubBackend backend = new StubBackend();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @Test
  void unusedConnection_isClosedAfter30Seconds() {
    open();

    advance(29);
    assertThat(channel.isOpen()).isTrue();
    advance(1);

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void connectionWithARequestUnderWay_staysOpen_andIsClosed30SecondsAfterItsEnd() {
    open();
    backend.behaviour = exchange -> {};
    request();

    advance(3600);
    assertThat(channel.isOpen()).isTrue();
    KubernetesExchange exchange = backend.last();
    StubBackend.respond(exchange, 200, "{}");
    advance(29);
    assertThat(channel.isOpen()).isTrue();
    advance(1);

    assertThat(channel.isOpen()).isFalse();
  }

  private void open() {
    channel.freezeTime();
    Role role = RoleFile.parse(ProxyFixture.ROLES).get(0).role();
    X509Certificate certificate =
        new Certs()
            .client(Certs.identity("bot-ok", "ok", Optional.of(ProxyFixture.CLUSTER)))
            .chain()
            .get(0);
    new KubeProxy(access(role), InstantSource.system())
        .install(channel.pipeline(), "http/1.1", List.of(certificate));
    channel.runPendingTasks();
  }

  private KubeProxy.Access access(Role role) {
    return new KubeProxy.Access() {
      @Override
      public Optional<Role> role(String name) {
        return Optional.of(role);
      }

      @Override
      public boolean locked(String user) {
        return false;
      }

      @Override
      public Optional<KubeProxy.Target> kubernetesCluster(String name) {
        return Optional.of(new KubeProxy.Target(name, Map.of("env", "dev"), backend));
      }
    };
  }

  private void request() {
    String text = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    assertThat(backend.exchanges).hasSize(1);
  }

  private void advance(long seconds) {
    channel.runPendingTasks();
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }
}
