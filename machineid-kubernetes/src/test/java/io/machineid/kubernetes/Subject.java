package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodList;
import io.kubernetes.client.util.CallGeneratorParams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A live client as the contract sees it: what is the same for all of them. */
interface Subject {

  /** The pods of the namespace default, as one text. */
  String pods() throws Exception;

  /** Tells the names of pods as they appear, until it is closed. */
  AutoCloseable follow(Consumer<String> pod) throws Exception;

  /** Deletes a pod. */
  void deletePod() throws Exception;

  /** All clients that there are. */
  enum Kind {
    JDK {
      @Override
      Subject on(KubernetesAccess access) {
        return new Jdk(access.httpClient(), access.endpoint().server());
      }
    },
    FABRIC8_ON_JDK {
      @Override
      Subject on(KubernetesAccess access) {
        return new OfFabric8(Fabric8.client(access));
      }
    },
    FABRIC8_ON_OKHTTP {
      @Override
      Subject on(KubernetesAccess access) {
        return new OfFabric8(Fabric8.clientOnOkHttp(access));
      }
    },
    OFFICIAL {
      @Override
      Subject on(KubernetesAccess access) {
        return new Official(OfficialClient.client(access));
      }
    };

    abstract Subject on(KubernetesAccess access);

    /** Whether a request goes on where the last one was cut, where the client keeps account. */
    boolean resumes(TestKube.Seen seen) {
      return this == JDK || seen.query().contains("resourceVersion=3");
    }

    /** The JDK's client takes a refusal for an answer like any other. */
    void expectRefusal(Throwable failure) {
      assertThat(failure == null).isEqualTo(this == JDK);
    }
  }

  /** The JDK's client, with the smallest follower that one would write. */
  record Jdk(HttpClient client, URI server) implements Subject {
    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");

    @Override
    public String pods() throws Exception {
      return client.send(get(""), HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public AutoCloseable follow(Consumer<String> pod) {
      AtomicBoolean over = new AtomicBoolean();
      Thread thread = new Thread(() -> watch(pod, over), "follow");
      thread.start();
      return () -> {
        over.set(true); // a body of lines takes an interrupt for a failure to read
        thread.interrupt();
      };
    }

    @Override
    public void deletePod() throws Exception {
      client.send(
          HttpRequest.newBuilder(get("").uri()).DELETE().build(),
          HttpResponse.BodyHandlers.discarding());
    }

    private void watch(Consumer<String> pod, AtomicBoolean over) {
      while (!over.get()) {
        try (Stream<String> lines =
            client.send(get("?watch=true"), HttpResponse.BodyHandlers.ofLines()).body()) {
          lines.map(NAME::matcher).filter(Matcher::find).forEach(line -> pod.accept(line.group(1)));
        } catch (IOException | RuntimeException e) {
          Thread.onSpinWait();
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private HttpRequest get(String query) {
      return HttpRequest.newBuilder(server.resolve("/api/v1/namespaces/default/pods" + query))
          .build();
    }
  }

  /** fabric8 on either transport. */
  record OfFabric8(KubernetesClient client) implements Subject {
    @Override
    public String pods() {
      return client.pods().inNamespace("default").list().toString();
    }

    @Override
    public void deletePod() {
      client.pods().inNamespace("default").withName("pod-1").delete();
    }

    @Override
    public AutoCloseable follow(Consumer<String> pod) {
      SharedIndexInformer<Pod> informer =
          client
              .pods()
              .inNamespace("default")
              .inform(
                  new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Pod added) {
                      pod.accept(added.getMetadata().getName());
                    }

                    @Override
                    public void onUpdate(Pod before, Pod after) {}

                    @Override
                    public void onDelete(Pod deleted, boolean unknown) {}
                  });
      return informer::close;
    }
  }

  /** The official client. */
  record Official(ApiClient client) implements Subject {
    @Override
    public String pods() throws Exception {
      return new CoreV1Api(client).listNamespacedPod("default").execute().toString();
    }

    @Override
    public void deletePod() throws Exception {
      new CoreV1Api(client).deleteNamespacedPod("pod-1", "default").execute();
    }

    @Override
    public AutoCloseable follow(Consumer<String> pod) {
      SharedInformerFactory factory = new SharedInformerFactory(client);
      CoreV1Api api = new CoreV1Api(client);
      factory
          .sharedIndexInformerFor(
              (CallGeneratorParams params) ->
                  api.listNamespacedPod("default")
                      .resourceVersion(params.resourceVersion)
                      .timeoutSeconds(params.timeoutSeconds)
                      .watch(params.watch)
                      .buildCall(null),
              V1Pod.class,
              V1PodList.class)
          .addEventHandler(
              new io.kubernetes.client.informer.ResourceEventHandler<>() {
                @Override
                public void onAdd(V1Pod added) {
                  pod.accept(added.getMetadata().getName());
                }

                @Override
                public void onUpdate(V1Pod before, V1Pod after) {}

                @Override
                public void onDelete(V1Pod deleted, boolean unknown) {}
              });
      factory.startAllRegisteredInformers();
      return () -> factory.stopAllRegisteredInformers(true);
    }
  }
}
