package io.machineid.testkit;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link TeleportCluster} brings along. */
final class TeleportClusterExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(TeleportClusterExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType().equals(TestCluster.class);
  }

  @Override
  @SuppressWarnings("deprecation") // its successor is not in JUnit 5
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ExtensionContext owner = owner(context);
    Running running =
        owner
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(
                owner.getUniqueId(),
                id -> new Running(start(annotation(owner).orElseThrow())),
                Running.class);
    return Objects.requireNonNull(running).cluster();
  }

  /** A cluster that JUnit closes along with the store that it is in. */
  @SuppressWarnings("deprecation") // JUnit 5 closes nothing else
  private record Running(TestCluster cluster)
      implements ExtensionContext.Store.CloseableResource, AutoCloseable {

    @Override
    public void close() {
      cluster.close();
    }
  }

  /** The nearest context that is annotated: its store closes the cluster. */
  private static ExtensionContext owner(ExtensionContext context) {
    ExtensionContext at = context;
    while (annotation(at).isEmpty()) {
      at =
          at.getParent()
              .orElseThrow(
                  () -> new IllegalStateException("nothing is annotated with @TeleportCluster"));
    }
    return at;
  }

  private static Optional<TeleportCluster> annotation(ExtensionContext context) {
    Optional<AnnotatedElement> element = context.getElement();
    return AnnotationSupport.findAnnotation(element, TeleportCluster.class);
  }

  private static TestCluster start(TeleportCluster annotation) {
    TestClusterBuilder builder =
        TestCluster.builder()
            .clusterName(annotation.clusterName())
            .publicHost(annotation.publicHost());
    Arrays.stream(annotation.kubernetesClusters())
        .forEach(name -> builder.kubernetesCluster(name, Map.of()));
    if (annotation.authPort()) {
      builder.authPort();
    }
    TestCluster cluster = builder.start();
    Arrays.stream(annotation.roles()).forEach(cluster::createRole);
    return cluster;
  }
}
