package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.kubernetes.ExecCredential;
import io.machineid.kubernetes.Kubeconfig;
import io.machineid.testkit.TestCluster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code machineid start} killed without notice, again and again, at random moments: the next start
 * always works, and whoever reads meanwhile never sees half of anything.
 *
 * <p>{@code -Dmachineid.kills=100} makes it long and prints what was seen; {@code -Dmachineid.seed}
 * repeats a run.
 */
class KilledProcessTest {

  private static final int KILLS = Integer.getInteger("machineid.kills", 8);
  private static final long SEED = Long.getLong("machineid.seed", System.nanoTime());
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int OUTPUTS = 4;
  private static final int LONGEST_LIFE_MILLIS = 2000;
  private static final String ROLE =
      """
      kind: role
      version: v7
      metadata: {name: example-role}
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
      """;
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  @TempDir Path base;
  private final Random random = new Random(SEED);
  private final AtomicBoolean done = new AtomicBoolean();
  private int lostRenewals;
  private boolean tokenIsNew;
  private TestCluster cluster;
  private Path log;

  @BeforeEach
  void startCluster() throws IOException {
    base = base.toRealPath();
    log = base.resolve("log");
    cluster = TestCluster.builder().kubernetesCluster("example-k8s-cluster", Map.of()).start();
    cluster.createRole(ROLE);
    Files.writeString(base.resolve("web-ca.crt"), cluster.webAuthorityPem());
    Files.writeString(base.resolve("token"), cluster.addBot("example", "example-role").token());
    Files.writeString(base.resolve("tbot.yaml"), config());
  }

  @AfterEach
  void stopCluster() {
    done.set(true);
    cluster.close();
  }

  private String config() {
    StringBuilder yaml =
        new StringBuilder(
            """
            version: v2
            proxy_server: %s
            onboarding: {join_method: token, token: %s/token}
            storage: {type: directory, path: %2$s/bot}
            renewal_interval: 1s
            outputs:
            """
                .formatted(cluster.proxyAddress(), base));
    for (int i = 0; i < OUTPUTS; i++) {
      yaml.append(
          """
          - type: kubernetes
            kubernetes_cluster: example-k8s-cluster
            disable_exec_plugin: true
            destination: {type: directory, path: %s/output-%d}
          """
              .formatted(base, i));
    }
    return yaml.toString();
  }

  private Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "start",
            "-c",
            base.resolve("tbot.yaml").toString());
    builder.environment().put("SSL_CERT_FILE", base.resolve("web-ca.crt").toString());
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  @Test
  void start_afterEachKill_worksAndReadersSawWholeFiles() throws Exception {
    List<String> before = awaitNewCredentials(start(), List.of(), true);
    CompletableFuture<Long> reader =
        CompletableFuture.supplyAsync(
            this::readUntilDone, work -> new Thread(work, "reader").start());
    for (int kill = 0; kill < KILLS; kill++) {
      String round = "kill " + kill + " of the run with -Dmachineid.seed=" + SEED;
      if (tokenIsNew || random.nextBoolean()) {
        before = awaitNewCredentials(start(), before, random.nextBoolean());
        assertThat(reader.isDone()).as(round + ": the reader has failed").isFalse();
      } else {
        Process victim = start();
        victim.waitFor(random.nextInt(LONGEST_LIFE_MILLIS), TimeUnit.MILLISECONDS);
        kill(victim);
      }
    }
    awaitNewCredentials(start(), before, true);
    done.set(true);
    long read = reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(read).isPositive();
    assertThat(cluster.isLocked("example")).isFalse();
    if (Integer.getInteger("machineid.kills") != null) {
      System.out.printf(
          "%d kills, seed %d: %d identity renewals begun, %d answers lost with their process, %d sets read whole%n",
          KILLS, SEED, renewalsBegun(), lostRenewals, read);
    }
  }

  /** Each begins with the question for the cluster's count. */
  private long renewalsBegun() {
    return cluster.requests().stream()
        .filter(request -> request.path().endsWith("/GetCurrentUser"))
        .count();
  }

  /** A start works when every output has a new credential; then its parts fit together. */
  private List<String> awaitNewCredentials(Process process, List<String> before, boolean rotations)
      throws Exception {
    try {
      await().atMost(PATIENCE).until(() -> !process.isAlive() || allNew(before));
      assertThat(process.isAlive()).as(() -> "it ended by itself: " + read(log)).isTrue();
      tokenIsNew = false;
      if (rotations) {
        // some renewals more, and the moment of the kill is not always the same one
        process.waitFor(500 + random.nextInt(LONGEST_LIFE_MILLIS), TimeUnit.MILLISECONDS);
      }
    } finally {
      kill(process);
    }
    replaceABotThatLostARenewal();
    return certificates();
  }

  private boolean allNew(List<String> before) {
    List<String> now = certificates();
    return !now.contains("") && now.stream().noneMatch(before::contains);
  }

  private List<String> certificates() {
    List<String> certificates = new ArrayList<>();
    for (int i = 0; i < OUTPUTS; i++) {
      Path file = base.resolve("output-" + i + "/kubeconfig.yaml");
      certificates.add(
          Files.exists(file)
              ? Kubeconfig.parse(read(file)).clientCertificate().orElseThrow().toString()
              : "");
    }
    return certificates;
  }

  /**
   * The cluster has counted a renewal whose answer died with the process. Nothing brings that back:
   * the identity works until it ends, and a new token is what the message asks for. A join with it
   * is not cut short: what a token was spent on cannot be had again either.
   */
  private void replaceABotThatLostARenewal() throws IOException {
    if (read(log).contains("Renewing would lock the bot")) {
      lostRenewals++;
      cluster.deleteBot("example");
      Path next =
          Files.writeString(
              base.resolve("token.next"), cluster.addBot("example", "example-role").token());
      Files.move(
          next,
          base.resolve("token"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      tokenIsNew = true;
    }
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private long readUntilDone() {
    long count = 0;
    while (!done.get()) {
      for (int i = 0; i < OUTPUTS; i++) {
        readOnce(base.resolve("output-" + i));
        count++;
      }
    }
    return count;
  }

  /** The file that is written last first: all the others are as new, or newer. */
  private static void readOnce(Path output) {
    Kubeconfig kubeconfig = Kubeconfig.parse(read(output.resolve("kubeconfig.yaml")));
    String identity = read(output.resolve("identity"));
    X509Certificate certificate = certificate(read(output.resolve("tlscert")));
    X509Certificate embedded = kubeconfig.clientCertificate().orElseThrow();
    X509Certificate inIdentity = certificate(identity);

    assertThat(matches(kubeconfig.exposeClientKey().orElseThrow(), embedded)).isTrue();
    assertThat(matches(identity, inIdentity)).isTrue();
    assertThat(ExecCredential.ofIdentityFile(identity, Instant.EPOCH)).isNotNull();
    assertThat(inIdentity.getNotBefore()).isAfterOrEqualTo(embedded.getNotBefore());
    assertThat(certificate.getNotBefore()).isAfterOrEqualTo(embedded.getNotBefore());
  }

  private static X509Certificate certificate(String text) {
    try {
      String pem = text.substring(text.indexOf("-----BEGIN CERTIFICATE-----"));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("not a certificate", e);
    }
  }

  private static boolean matches(String keyPem, X509Certificate certificate) {
    try {
      Matcher block = KEY.matcher(keyPem);
      assertThat(block.find()).isTrue();
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(
                  new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1))));
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("key and certificate cannot be compared", e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
