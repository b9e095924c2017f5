package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.destination.MemoryDestination;
import io.machineid.internal.auth.ClusterRoute;
import io.machineid.internal.auth.ProxyRoute;
import io.machineid.internal.auth.Routes;
import io.machineid.internal.lifecycle.BotRuntime;
import io.machineid.internal.lifecycle.BotSettings;
import io.machineid.internal.lifecycle.SharedScheduler;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TrustRoots;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starts that end otherwise than in time, and what they leave. */
class BotStarterTest {

  private final MemoryDestination storage = Destination.memory();
  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().start();
    teleport.createFullAccessRole("example-role");
  }

  @AfterEach
  void closeCluster() {
    teleport.close();
  }

  private BotSettings settings(ClusterRoute route, Destination storage) {
    return new BotSettings(
        route,
        Optional.of(JoinMethod.token(teleport.addBot("example", "example-role").token())),
        storage,
        Duration.ofHours(1),
        Optional.empty(),
        InstantSource.system(),
        SharedScheduler.INSTANCE,
        List.of(),
        new BotMetrics() {},
        HeartbeatMode.NONE,
        List::of,
        0);
  }

  private ProxyRoute route() {
    return new ProxyRoute(
        HostPort.parse(teleport.proxyAddress()),
        Routes.ofThisProcess(TrustRoots.of(Optional.of(List.of(teleport.webAuthority()))), false));
  }

  /** Nobody else holds the storage. */
  private void assertFree() {
    storage.lock().close();
  }

  @Test
  void start_thatComesToItsEndWithTheTimeOut_isTakenAndNotLeftRunning() {
    ClusterRoute route = atTheLastMoment(route());

    try (BotRuntime runtime = BotStarter.start(settings(route, storage), Duration.ofMillis(1))) {
      assertThat(runtime.state()).isEqualTo(BotState.READY);
    }

    assertFree();
  }

  @Test
  void start_withTimeForEver_isAStart() throws InterruptedException {
    Duration forEver = ChronoUnit.FOREVER.getDuration();

    try (BotRuntime runtime = BotStarter.start(settings(route(), storage), forEver)) {
      assertThat(runtime.awaitReady(forEver)).isTrue();
      assertThat(runtime.kubernetesClusters(List.of("example-role"), forEver))
          .isEqualTo(runtime.kubernetesClusters(List.of("example-role"), forEver));
    }

    assertFree();
  }

  @Test
  void start_thatAnErrorEnds_leavesNothing() {
    Destination broken =
        new Destination() {
          @Override
          public String describe() {
            return "a storage for a test";
          }

          @Override
          public void prepare() {}

          @Override
          public void write(FileSet files) {
            throw new NoClassDefFoundError("for a test");
          }

          @Override
          public Optional<byte[]> read(String name) {
            return storage.read(name);
          }

          @Override
          public List<String> list() {
            return storage.list();
          }

          @Override
          public Lock lock() {
            return storage.lock();
          }
        };

    assertThatThrownBy(
            () -> BotStarter.start(settings(route(), broken), Duration.ofMinutes(1)).close())
        .hasRootCauseInstanceOf(NoClassDefFoundError.class);

    assertFree();
  }

  /** Lets the start go on when its time is over, and be done before anybody has given it up. */
  private static ClusterRoute atTheLastMoment(ClusterRoute route) {
    Thread waiting = Thread.currentThread();
    CountDownLatch timeIsOver = new CountDownLatch(1);
    CompletableFuture<Thread> starting = new CompletableFuture<>();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          boolean isOver = Thread.currentThread() == waiting && timeIsOver.getCount() > 0;
          if (method.getName().equals("address") && isOver) {
            timeIsOver.countDown();
            starting.join().join();
          } else if (method.getName().equals("contact")) {
            starting.complete(Thread.currentThread());
            timeIsOver.await();
          }
          method.setAccessible(true); // some are of an interface that is not public
          try {
            return method.invoke(route, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (ClusterRoute)
        Proxy.newProxyInstance(
            ClusterRoute.class.getClassLoader(), new Class<?>[] {ClusterRoute.class}, handler);
  }
}
