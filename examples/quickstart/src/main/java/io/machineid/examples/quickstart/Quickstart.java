package io.machineid.examples.quickstart;

import io.machineid.testkit.BotCredentials;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The guide "Machine ID with Kubernetes Access" on a fake Teleport cluster in this process.
 *
 * <p>Without arguments it walks through the guide's steps and ends. With {@code --serve --dir DIR}
 * it stays up until it is interrupted, so that a person can take the steps: DIR then holds {@code
 * role.yaml}, {@code tbot.yaml} with an unused token, and {@code web-ca.crt}.
 */
public final class Quickstart {

  // gRPC tells at INFO that it has no native transport; held here, since loggers are collected.
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private Quickstart() {}

  /**
   * Runs it.
   *
   * @param args none, or {@code --serve --dir DIR}
   */
  public static void main(String[] args) throws Exception {
    GRPC.setLevel(Level.WARNING);
    List<String> given = List.of(args);
    if (given.isEmpty()) {
      Walkthrough.run();
    } else if (given.size() == 3
        && given.get(0).equals("--serve")
        && given.get(1).equals("--dir")) {
      serve(Path.of(given.get(2)).toAbsolutePath().normalize());
    } else {
      System.err.println("usage: quickstart [--serve --dir DIR]");
      System.exit(2);
    }
  }

  private static void serve(Path directory) throws IOException, InterruptedException {
    TestCluster teleport = Guide.start();
    Runtime.getRuntime().addShutdownHook(new Thread(teleport::close));
    teleport.createRole(Guide.role()).forEach(warning -> System.out.println("note: " + warning));
    BotCredentials bot = teleport.addBot(Guide.BOT, Guide.ROLE);
    Guide.write(teleport, bot, directory);
    System.out.printf(
        """
        A fake Teleport cluster listens on %1$s. In another terminal:

          export SSL_CERT_FILE=%2$s/web-ca.crt
          java -jar machineid-cli/target/machineid.jar start -c %2$s/tbot.yaml --oneshot    # or: tbot start -c %2$s/tbot.yaml --oneshot
          kubectl --kubeconfig %2$s/machine-id/kubeconfig.yaml get pods -A

        READY
        """,
        teleport.proxyAddress(), directory);
    System.out.flush();
    Thread.currentThread().join();
  }
}
