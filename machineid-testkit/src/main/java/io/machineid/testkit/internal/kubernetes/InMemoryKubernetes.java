package io.machineid.testkit.internal.kubernetes;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A Kubernetes API in memory: no controllers, no nodes, no containers, but objects that behave. It
 * answers on the caller's thread; watches have threads of their own.
 */
public final class InMemoryKubernetes implements KubernetesBackend {

  private static final Logger LOG = System.getLogger("io.machineid.testkit.internal.kubernetes");
  private static final int LARGEST_BODY = 3 * 1024 * 1024;
  private static final Duration BOOKMARK_INTERVAL = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Router router;
  private final RequestLog requests = new RequestLog();

  /** A new cluster in which everybody may do everything. */
  public InMemoryKubernetes(InstantSource clock) {
    this(clock, RbacMode.OFF);
  }

  /** A new cluster. */
  public InMemoryKubernetes(InstantSource clock, RbacMode mode) {
    this(clock, mode, BOOKMARK_INTERVAL);
  }

  InMemoryKubernetes(InstantSource clock, RbacMode mode, Duration bookmarkInterval) {
    cluster = new Cluster(clock, mode, bookmarkInterval);
    router = new Router(cluster);
  }

  /** The cluster as tests prepare and inspect it. */
  public KubernetesFixture fixture() {
    return new KubernetesFixture(cluster, requests);
  }

  @Override
  public void handle(KubernetesExchange request) {
    requests.add(SeenRequest.of(request));
    Answered exchange = new Answered(request);
    try {
      if (exchange.body().length > LARGEST_BODY) {
        throw ApiError.tooLarge(LARGEST_BODY);
      }
      router.route(ApiRequest.of(exchange));
    } catch (ApiError e) {
      Answers.error(exchange, e);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a request failed: " + exchange.method() + " " + exchange.path(), e);
      if (!exchange.answered()) {
        Answers.error(exchange, ApiError.internal(e.getClass().getSimpleName()));
      }
    }
  }

  @Override
  public void close() {
    cluster.close();
  }
}
