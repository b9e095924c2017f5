package io.machineid.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests of JUnit Jupiter a cluster: constructors, test methods and lifecycle methods may take
 * a {@link TestCluster}. It is started when it is first asked for.
 *
 * <p>On a class, all of its tests share one, which is closed after the last; on a method, the test
 * has its own. So that tests that share one stay apart, give each a bot of its own.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TeleportClusterExtension.class)
public @interface TeleportCluster {

  /**
   * Kubernetes clusters, in memory and without labels.
   *
   * @return their names
   */
  String[] kubernetesClusters() default {};

  /**
   * Roles to create.
   *
   * @return YAML, one text for one role or several
   */
  String[] roles() default {};

  /**
   * The name of the Teleport cluster.
   *
   * @return the name
   */
  String clusterName() default "test.example";

  /**
   * What the proxy is called outside.
   *
   * @return a host name or address
   */
  String publicHost() default "localhost";

  /**
   * Whether the auth service has a port of its own.
   *
   * @return whether it has
   */
  boolean authPort() default false;
}
