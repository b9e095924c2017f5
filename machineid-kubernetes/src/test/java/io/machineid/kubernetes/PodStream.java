package io.machineid.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.ExecListener;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.kubernetes.client.Attach;
import io.kubernetes.client.Exec;
import io.kubernetes.client.PodLogs;
import io.kubernetes.client.PortForward;
import io.kubernetes.client.openapi.ApiClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A stream into the pod {@link TortureClient#STEADY}, which gives back what it gets.
 *
 * @param out what is written there comes back; for logs, what the container prints
 * @param in where it comes back
 * @param told an error that the client tells somebody else than the reader; may never complete
 * @param closing ends it
 */
record PodStream(
    OutputStream out, InputStream in, CompletableFuture<Throwable> told, AutoCloseable closing)
    implements AutoCloseable {

  static final int PORT = 8080;

  @Override
  public void close() throws Exception {
    closing.close();
  }

  /** What a container prints. */
  static OutputStream printing(Consumer<String> log) {
    return new OutputStream() {
      @Override
      public void write(int letter) {
        log.accept(Character.toString(letter));
      }
    };
  }

  /** The common pool is small, and the JDK's client needs it. */
  private static void onItsOwnThread(Runnable task) {
    Thread thread = new Thread(task, "port-forward-errors");
    thread.setDaemon(true);
    thread.start();
  }

  /** The JDK client's stream. */
  static PodStream logs(KubernetesAccess access, String namespace, Consumer<String> log)
      throws Exception {
    URI uri =
        access
            .endpoint()
            .server()
            .resolve(
                "/api/v1/namespaces/%s/pods/%s/log?follow=true"
                    .formatted(namespace, TortureClient.STEADY));
    InputStream lines =
        access
            .httpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream())
            .body();
    return new PodStream(printing(log), lines, new CompletableFuture<>(), lines);
  }

  /** fabric8's streams. */
  record OfFabric8(KubernetesClient client, String namespace) {

    PodStream exec() {
      return session(listener -> pod(listener).exec("cat"));
    }

    PodStream attach() {
      return session(listener -> pod(listener).attach());
    }

    private interface Opening {
      ExecWatch open(ExecListener listener);
    }

    private static PodStream session(Opening opening) {
      CompletableFuture<Throwable> told = new CompletableFuture<>();
      ExecWatch session =
          opening.open(
              new ExecListener() {
                @Override
                public void onFailure(Throwable failure, Response response) {
                  told.complete(failure);
                }

                @Override
                public void onClose(int code, String reason) {
                  told.complete(new IllegalStateException("closed, " + code + " " + reason));
                }
              });
      return new PodStream(session.getInput(), session.getOutput(), told, session);
    }

    private io.fabric8.kubernetes.client.dsl.Execable pod(ExecListener listener) {
      return steady()
          .withReadyWaitTimeout(0)
          .redirectingInput()
          .redirectingOutput()
          .usingListener(listener);
    }

    PodStream portForward() throws IOException {
      LocalPortForward forward = steady().portForward(PORT);
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), forward.getLocalPort());
      return new PodStream(
          socket.getOutputStream(),
          socket.getInputStream(),
          CompletableFuture.supplyAsync(() -> firstOf(forward), PodStream::onItsOwnThread),
          () -> {
            socket.close();
            forward.close();
          });
    }

    /** The first error that a forwarded port has. */
    private static Throwable firstOf(LocalPortForward forward) {
      while (!forward.errorOccurred()) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
      return java.util.stream.Stream.concat(
              forward.getServerThrowables().stream(), forward.getClientThrowables().stream())
          .findFirst()
          .orElseThrow();
    }

    PodStream logs(Consumer<String> log) {
      ContainerResource container = steady().inContainer("main");
      LogWatch watch = container.withReadyWaitTimeout(0).watchLog();
      return new PodStream(printing(log), watch.getOutput(), new CompletableFuture<>(), watch);
    }

    private PodResource steady() {
      return client.pods().inNamespace(namespace).withName(TortureClient.STEADY);
    }
  }

  /** The official client's streams. */
  record Official(ApiClient client, String namespace) {

    PodStream exec() throws Exception {
      CompletableFuture<Throwable> told = new CompletableFuture<>();
      Process session =
          new Exec(client)
              .newExecutionBuilder(namespace, TortureClient.STEADY, new String[] {"cat"})
              .setContainer("main")
              .setStdin(true)
              .setOnUnhandledError(told::complete)
              .execute();
      return new PodStream(
          session.getOutputStream(), session.getInputStream(), told, session::destroy);
    }

    PodStream attach() throws Exception {
      Attach.AttachResult session =
          new Attach(client).attach(namespace, TortureClient.STEADY, "main", true, false);
      return new PodStream(
          session.getStandardInputStream(),
          session.getStandardOutputStream(),
          new CompletableFuture<>(),
          session);
    }

    PodStream portForward() throws Exception {
      PortForward.PortForwardResult forward =
          new PortForward(client).forward(namespace, TortureClient.STEADY, List.of(PORT));
      return new PodStream(
          forward.getOutboundStream(PORT),
          forward.getInputStream(PORT),
          new CompletableFuture<>(),
          forward);
    }

    PodStream logs(Consumer<String> log) throws Exception {
      InputStream lines =
          new PodLogs(client).streamNamespacedPodLog(namespace, TortureClient.STEADY, "main");
      return new PodStream(printing(log), lines, new CompletableFuture<>(), lines);
    }
  }
}
