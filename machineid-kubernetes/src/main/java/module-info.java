/**
 * A Teleport Kubernetes cluster: its kubeconfig, and clients that stay valid.
 *
 * <p>The Kubernetes clients are optional: bring the one that you use. {@code kubernetes.client.api}
 * is the name that the JDK derives from fabric8's API jar, which has none of its own.
 */
@SuppressWarnings({"requires-automatic", "module"})
module io.machineid.kubernetes {
  requires transitive io.machineid.core;
  requires transitive java.net.http;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires java.naming;
  requires static transitive org.jspecify;
  requires static kubernetes.client.api;
  requires static kubernetes.model.common;
  requires static kubernetes.model.core;
  requires static io.fabric8.kubernetes.client.jdkhttp;
  requires static io.fabric8.kubernetes.client.okhttp;
  requires static io.kubernetes.client.java.api;
  requires static okhttp3;
  requires static okio;

  exports io.machineid.kubernetes;
}
