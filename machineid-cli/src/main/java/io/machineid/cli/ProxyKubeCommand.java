package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.ConfigException;
import io.machineid.LiveCredential;
import io.machineid.config.BotConfig;
import io.machineid.config.BotEnvironment;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.kubernetes.KubernetesTunnel;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code machineid proxy kube}: a port and a kubeconfig for kubectl, while it runs. */
@Command(
    name = "kube",
    description =
        "Join the cluster and keep a kubeconfig valid that leads through a port on loopback, for programs that cannot pass a load balancer by themselves.",
    footer = {
      "",
      "Ends with SIGTERM or SIGINT. The outputs of the file are not written: that is for `start`."
    })
final class ProxyKubeCommand extends Subcommand implements Callable<Integer> {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final int HIGHEST_PORT = 65_535;

  private final Surroundings surroundings;

  @Parameters(paramLabel = "KUBERNETES_CLUSTER", description = "The cluster's name in Teleport.")
  String cluster = "";

  @Option(
      names = "--kubeconfig",
      required = true,
      paramLabel = "FILE",
      description = "The kubeconfig to write, with mode 0600; taken away at the end.")
  Path kubeconfig = Path.of("");

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "The port on 127.0.0.1. Default: any that is free.")
  int port;

  @Mixin GivenConfig config = new GivenConfig();

  ProxyKubeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    surroundings.signals().run();
    BotConfig read = config.read(surroundings);
    Served.check(read, BotEnvironment.of(surroundings.environment()));
    checkPort();
    TunnelKubeconfig file = TunnelKubeconfig.claim(kubeconfig);
    AtomicReference<Bot> running = new AtomicReference<>();
    Bot.Builder builder =
        BotFactory.builder(read, surroundings.environment())
            .listener(
                new EndOfIdentity(
                    () -> Optional.ofNullable(running.get()).map(Bot::state), surroundings.stop()));
    try (Bot bot = builder.start(START_TIMEOUT);
        KubernetesAccess access = KubernetesAccess.to(bot, cluster);
        KubernetesTunnel tunnel = KubernetesTunnel.open(access, port)) {
      running.set(bot);
      LiveCredential.Subscription unused =
          access.credential().onRotation(credential -> rewrite(file, tunnel));
      file.write(() -> tunnel.kubeconfig().toYaml());
      PrintWriter out = out();
      out.println("KUBECONFIG=" + file.path());
      out.flush();
      return surroundings.stop().await();
    } finally {
      file.remove();
    }
  }

  /** Before the join, which may use the token up. */
  private void checkPort() {
    if (port < 0 || port > HIGHEST_PORT) {
      throw usage(
          "--port: %d is no port: give one of 1 to %d, or leave it out"
              .formatted(port, HIGHEST_PORT));
    }
    try (ServerSocket free = new ServerSocket(port, 0, InetAddress.getLoopbackAddress())) {
      LOG.log(Level.DEBUG, "the port {0} on loopback is free", free.getLocalPort());
    } catch (IOException e) {
      throw new ConfigException(
          "the port %d on loopback cannot be had: %s. Give another one, or leave --port out for any that is free"
              .formatted(port, e.getMessage()),
          e);
    }
  }

  private static void rewrite(TunnelKubeconfig file, KubernetesTunnel tunnel) {
    try {
      file.write(() -> tunnel.kubeconfig().toYaml());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the kubeconfig was not written anew: {0}", e.getMessage());
    }
  }
}
