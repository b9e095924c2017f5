package io.machineid.testkit.internal.kubeproxy;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Gets to know every request once its status is decided. Called on network threads; must not block.
 */
@FunctionalInterface
public interface RequestListener {

  /**
   * Takes note of a request.
   *
   * @param arrived when it came
   */
  void onRequest(Request request, Instant arrived);

  /**
   * A request to the Kubernetes side of the proxy.
   *
   * @param method upper case
   * @param path as it came
   * @param query without {@code ?}, mostly empty
   * @param user the Teleport user, empty without a certificate
   * @param kubernetesCluster the cluster that the certificate is for, empty where none
   * @param status the HTTP status
   * @param protocol {@code HTTP/1.1} or {@code HTTP/2}
   */
  record Request(
      String method,
      String path,
      String query,
      String user,
      String kubernetesCluster,
      int status,
      String protocol) {

    private static final Pattern WATCH = Pattern.compile("(?:.*&)?watch=(?:true|1)(?:&.*)?");

    /** Whether a watch is asked for. */
    public boolean isWatch() {
      return method.equals("GET") && WATCH.matcher(query).matches();
    }
  }
}
