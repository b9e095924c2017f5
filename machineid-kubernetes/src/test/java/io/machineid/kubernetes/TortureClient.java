package io.machineid.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecListener;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubernetes.client.Exec;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodList;
import io.kubernetes.client.util.CallGeneratorParams;
import java.util.Locale;

/** What is done with a client under torture, in a namespace of its own. */
interface TortureClient {

  /** The pod that is there all the time; all streams lead into it. */
  String STEADY = "steady";

  /** Reads one pod; whatever is not that pod is thrown. */
  void read() throws Exception;

  /** Follows the pods of the namespace until it is closed. */
  AutoCloseable follow(Pods pods) throws Exception;

  /**
   * Opens a stream into a pod.
   *
   * @param ended told, perhaps twice, when it ends
   */
  AutoCloseable exec(Runnable ended) throws Exception;

  /** Who is told of pods, each time one comes or goes. */
  interface Pods {
    void added(String name);

    void deleted(String name);
  }

  /** The live clients. */
  enum Kind {
    JDK {
      @Override
      TortureClient on(KubernetesAccess access) {
        return new JdkTortureClient(access.httpClient(), access.endpoint().server(), namespace());
      }
    },
    FABRIC8_JDK {
      @Override
      TortureClient on(KubernetesAccess access) {
        return new OfFabric8(Fabric8.client(access), namespace());
      }
    },
    FABRIC8_OKHTTP {
      @Override
      TortureClient on(KubernetesAccess access) {
        return new OfFabric8(Fabric8.clientOnOkHttp(access), namespace());
      }
    },
    OFFICIAL {
      @Override
      TortureClient on(KubernetesAccess access) {
        return new Official(OfficialClient.client(access), namespace());
      }
    };

    abstract TortureClient on(KubernetesAccess access);

    /** How often the client lists pods for an exec session, beside what its informer does. */
    int listsPerExec() {
      return this == FABRIC8_JDK || this == FABRIC8_OKHTTP ? 1 : 0;
    }

    String namespace() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** fabric8 on either transport. */
  record OfFabric8(KubernetesClient client, String namespace) implements TortureClient {
    @Override
    public void read() {
      if (client.pods().inNamespace(namespace).withName(STEADY).get() == null) {
        throw new IllegalStateException("no such pod");
      }
    }

    @Override
    public AutoCloseable follow(Pods pods) {
      SharedIndexInformer<Pod> informer =
          client.pods().inNamespace(namespace).inform(new Handler(pods));
      return informer::close;
    }

    @Override
    public AutoCloseable exec(Runnable ended) {
      ExecWatch session =
          client
              .pods()
              .inNamespace(namespace)
              .withName(STEADY)
              .withReadyWaitTimeout(0)
              .redirectingInput()
              .redirectingOutput()
              .usingListener(
                  new ExecListener() {
                    @Override
                    public void onFailure(Throwable failure, Response response) {
                      ended.run();
                    }

                    @Override
                    public void onClose(int code, String reason) {
                      ended.run();
                    }
                  })
              .exec("cat");
      return session::close;
    }

    private record Handler(Pods pods) implements ResourceEventHandler<Pod> {
      @Override
      public void onAdd(Pod pod) {
        pods.added(pod.getMetadata().getName());
      }

      @Override
      public void onUpdate(Pod before, Pod after) {}

      @Override
      public void onDelete(Pod pod, boolean unknown) {
        pods.deleted(pod.getMetadata().getName());
      }
    }
  }

  /** The official client. */
  record Official(ApiClient client, String namespace) implements TortureClient {
    @Override
    public void read() throws Exception {
      new CoreV1Api(client).readNamespacedPod(STEADY, namespace).execute();
    }

    @Override
    public AutoCloseable follow(Pods pods) {
      SharedInformerFactory factory = new SharedInformerFactory(client);
      CoreV1Api api = new CoreV1Api(client);
      factory
          .sharedIndexInformerFor(
              (CallGeneratorParams params) ->
                  api.listNamespacedPod(namespace)
                      .resourceVersion(params.resourceVersion)
                      .timeoutSeconds(params.timeoutSeconds)
                      .watch(params.watch)
                      .buildCall(null),
              V1Pod.class,
              V1PodList.class)
          .addEventHandler(new Handler(pods));
      factory.startAllRegisteredInformers();
      return () -> factory.stopAllRegisteredInformers(true);
    }

    @Override
    public AutoCloseable exec(Runnable ended) throws Exception {
      Process session =
          new Exec(client)
              .newExecutionBuilder(namespace, STEADY, new String[] {"cat"})
              .setContainer("main")
              .setStdin(true)
              .setOnUnhandledError(failure -> {})
              .execute();
      Thread waiting =
          new Thread(
              () -> {
                try {
                  session.waitFor();
                  ended.run();
                } catch (InterruptedException e) {
                  session.destroy();
                }
              },
              "torture-exec");
      waiting.setDaemon(true);
      waiting.start();
      return waiting::interrupt;
    }

    private record Handler(Pods pods)
        implements io.kubernetes.client.informer.ResourceEventHandler<V1Pod> {
      @Override
      public void onAdd(V1Pod pod) {
        pods.added(pod.getMetadata().getName());
      }

      @Override
      public void onUpdate(V1Pod before, V1Pod after) {}

      @Override
      public void onDelete(V1Pod pod, boolean unknown) {
        pods.deleted(pod.getMetadata().getName());
      }
    }
  }
}
