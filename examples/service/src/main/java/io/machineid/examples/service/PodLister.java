package io.machineid.examples.service;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.machineid.Bot;
import io.machineid.MachineIdException;
import io.machineid.destination.Destination;
import io.machineid.join.JoinMethod;
import io.machineid.kubernetes.Fabric8;
import io.machineid.kubernetes.KubernetesAccess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A service that lists the pods of a Kubernetes cluster enrolled in a real Teleport cluster.
 *
 * <p>From the environment: {@code TELEPORT_PROXY} ({@code host:port}), {@code TELEPORT_BOT_TOKEN}
 * (from {@code tctl bots add}), {@code KUBERNETES_CLUSTER}; and, where wanted, {@code
 * MACHINEID_STORAGE} (a directory that keeps the identity over restarts) and {@code
 * TELEPORT_WEB_CA} (a PEM file, where a private CA issued the proxy's certificate).
 */
public final class PodLister {

  private PodLister() {}

  /**
   * Runs it.
   *
   * @param args none
   */
  public static void main(String[] args) throws Exception {
    try (Bot bot = bot();
        KubernetesAccess access = KubernetesAccess.to(bot, required("KUBERNETES_CLUSTER"));
        KubernetesClient client = Fabric8.client(access)) {
      System.out.println(bot.identity());
      for (Pod pod : client.pods().inAnyNamespace().list().getItems()) {
        System.out.println(pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName());
      }
    } catch (MachineIdException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static Bot bot() throws IOException, CertificateException {
    Bot.Builder builder =
        Bot.builder()
            .proxy(required("TELEPORT_PROXY"))
            .join(JoinMethod.token(required("TELEPORT_BOT_TOKEN")));
    Optional<String> storage = optional("MACHINEID_STORAGE");
    if (storage.isPresent()) {
      builder.storage(Destination.directory(Path.of(storage.get())));
    }
    Optional<String> webCa = optional("TELEPORT_WEB_CA");
    if (webCa.isPresent()) {
      builder.webRoots(certificates(Path.of(webCa.get())));
    }
    return builder.start(Duration.ofSeconds(30));
  }

  private static List<X509Certificate> certificates(Path file)
      throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    }
  }

  private static Optional<String> optional(String variable) {
    return Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank());
  }

  private static String required(String variable) {
    return optional(variable)
        .orElseThrow(
            () -> new IllegalArgumentException("set the environment variable " + variable));
  }
}
