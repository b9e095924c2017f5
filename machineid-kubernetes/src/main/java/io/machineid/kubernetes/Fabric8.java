package io.machineid.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.machineid.ConfigException;
import io.machineid.kubernetes.internal.LiveJdkClientFactory;
import io.machineid.kubernetes.internal.LiveOkHttpClientFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fabric8 Kubernetes client. Needs {@code io.fabric8:kubernetes-client} and, for the transport,
 * {@code kubernetes-httpclient-jdk} or {@code kubernetes-httpclient-okhttp}; its other transports
 * cannot be kept on a new certificate.
 *
 * <p>Watches and informers go over plain HTTP: Teleport answers 500 to WebSocket watches.
 */
public final class Fabric8 {

  private Fabric8() {}

  /**
   * A client on the JDK's HTTP client.
   *
   * @param access the cluster
   * @return a live client with the namespace {@code default}; closed with the access at the latest
   * @throws io.machineid.ConfigException when the transport is not on the class path, with what to
   *     add
   */
  public static KubernetesClient client(KubernetesAccess access) {
    Transport.JDK.check();
    return OnJdk.client(access);
  }

  /**
   * A client on OkHttp, which opens as many connections as its watches need.
   *
   * @param access the cluster
   * @return a live client with the namespace {@code default}; closed with the access at the latest
   * @throws io.machineid.ConfigException when the transport is not on the class path, with what to
   *     add
   */
  public static KubernetesClient clientOnOkHttp(KubernetesAccess access) {
    Transport.OKHTTP.check();
    return OnOkHttp.client(access);
  }

  private static KubernetesClient build(KubernetesAccess access, HttpClient.Factory transport) {
    Config config = Config.empty();
    config.setMasterUrl(access.endpoint().server().toString());
    config.setNamespace("default");
    config.setOnlyHttpWatches(true);
    KubernetesClient client =
        new KubernetesClientBuilder().withConfig(config).withHttpClientFactory(transport).build();
    return access.own(client, client.getHttpClient()::isClosed);
  }

  /** Apart, so that this class can be loaded without the transport. */
  private static final class OnJdk {
    static KubernetesClient client(KubernetesAccess access) {
      return build(access, new LiveJdkClientFactory(access.generations()));
    }
  }

  /** Apart, so that this class can be loaded without the transport. */
  private static final class OnOkHttp {
    static KubernetesClient client(KubernetesAccess access) {
      List<AutoCloseable> parts = new ArrayList<>();
      LiveOkHttpClientFactory transport =
          new LiveOkHttpClientFactory(
              access.generations(), access.endpoint().verifiedName(), parts::add);
      try {
        KubernetesClient client = build(access, transport);
        parts.forEach(part -> access.own(part, client.getHttpClient()::isClosed));
        return client;
      } catch (RuntimeException | Error e) {
        parts.forEach(KubernetesAccess::closeQuietly);
        throw e;
      }
    }
  }

  /** fabric8's transports: those that can be used, and those that are easily had by mistake. */
  private enum Transport {
    JDK("kubernetes-httpclient-jdk", "jdkhttp.JdkHttpClientFactory"),
    OKHTTP("kubernetes-httpclient-okhttp", "okhttp.OkHttpClientFactory"),
    VERTX("kubernetes-httpclient-vertx", "vertx.VertxHttpClientFactory"),
    VERTX_5("kubernetes-httpclient-vertx-5", "vertx5.Vertx5HttpClientFactory"),
    JETTY("kubernetes-httpclient-jetty", "jetty.JettyHttpClientFactory");

    private static final String PACKAGE = "io.fabric8.kubernetes.client.";

    private final String artifact;
    private final String factory;

    Transport(String artifact, String factory) {
      this.artifact = artifact;
      this.factory = factory;
    }

    /** Refuses to go on without this one. */
    void check() {
      if (!isPresent()) {
        throw new ConfigException(
            "this client needs io.fabric8:%s, which is not there%s. Add it, or use %s"
                .formatted(artifact, others(), alternative()),
            null);
      }
    }

    private boolean isPresent() {
      try {
        Class.forName(PACKAGE + factory, false, Fabric8.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException | LinkageError e) {
        return false;
      }
    }

    private String others() {
      String found =
          Stream.of(VERTX, VERTX_5, JETTY)
              .filter(Transport::isPresent)
              .map(transport -> transport.artifact)
              .collect(Collectors.joining(" and "));
      return found.isEmpty()
          ? ""
          : "; " + found + " is, but its connections cannot be moved to a new certificate";
    }

    private String alternative() {
      return this == JDK
          ? "Fabric8.clientOnOkHttp with io.fabric8:" + OKHTTP.artifact
          : "Fabric8.client with io.fabric8:" + JDK.artifact;
    }
  }
}
