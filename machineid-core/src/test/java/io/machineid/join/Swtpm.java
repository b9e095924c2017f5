package io.machineid.join;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A TPM that is the program {@code swtpm}; one client at a time. */
final class Swtpm implements AutoCloseable {

  private static final int ENDORSEMENT = 0x4000000b;
  private static final int OWNER = 0x40000001;
  private static final int CERTIFICATE = 0x01c00002;
  private static final int HANDLES = 1;

  private final Process process;
  private final SocketAddress address;

  private Swtpm(Process process, SocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /** Starts one that has never been used; skips the test where there is no such program. */
  static Swtpm start(Path home, String flags) throws IOException {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "swtpm"))),
        "no swtpm on the PATH");
    Path socket = home.resolve("tpm.sock");
    Process process =
        new ProcessBuilder(
                "swtpm",
                "socket",
                "--tpm2",
                "--tpmstate",
                "dir=" + home,
                "--server",
                "type=unixio,path=" + socket,
                "--flags",
                flags)
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("swtpm.log").toFile())
            .start();
    Swtpm tpm = new Swtpm(process, UnixDomainSocketAddress.of(socket));
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(
              () -> {
                tpm.link().close();
                return true;
              });
    } catch (ConditionTimeoutException e) {
      process.destroyForcibly();
      throw e;
    }
    return tpm;
  }

  TpmSource source() {
    return TpmSource.socket(address);
  }

  /** The same, with something between. */
  TpmSource source(UnaryOperator<ByteChannel> between) {
    return () ->
        new TpmChip(
            new TpmLink(between.apply(TpmSocket.connect(address, TpmSocket.SILENCE)), "swtpm"));
  }

  private TpmLink link() throws IOException {
    return new TpmLink(SocketChannel.open(address), "swtpm");
  }

  /** What it says of itself. */
  TpmAttestation attest() {
    try (TpmSession session = JoinMethod.tpm("any").source(source()).open()) {
      return session.attestation();
    }
  }

  /** How many keys and sessions it holds that somebody should have let go of. */
  int leftovers() throws Exception {
    int found = 0;
    try (TpmLink link = link()) {
      for (int kind : new int[] {0x80000000, 0x02000000, 0x03000000}) {
        TpmReader answer =
            link.send(
                new TpmCommand("TPM2_GetCapability", 0x17a)
                    .parameter(HANDLES)
                    .parameter(kind)
                    .parameter(8));
        found += answer.skip(1 + 4).u32();
      }
    }
    return found;
  }

  private static TpmCommand createPrimary() {
    return new TpmCommand("TPM2_CreatePrimary", 0x131)
        .handle(ENDORSEMENT)
        .password()
        .sized(new byte[4])
        .sized(TpmTemplates.endorsementKey())
        .sized(new byte[0])
        .parameter(0);
  }

  /** Leaves keys in it. */
  void fill(int keys) throws Exception {
    try (TpmLink link = link()) {
      for (int key = 0; key < keys; key++) {
        var unused = link.create(createPrimary());
      }
    }
  }

  /** Keeps the endorsement key where makers keep it. */
  void keepKey() throws Exception {
    try (TpmLink link = link()) {
      int key = link.create(createPrimary()).handle();
      link.send(
          new TpmCommand("TPM2_EvictControl", 0x120)
              .handle(OWNER)
              .handle(key)
              .password()
              .parameter(0x81010001));
      link.send(new TpmCommand("TPM2_FlushContext", 0x165).parameter(key));
    }
  }

  /** Keeps a certificate where makers keep it. */
  void keepCertificate(byte[] content, int attributes) throws Exception {
    try (TpmLink link = link()) {
      byte[] area =
          ByteBuffer.allocate(14)
              .putInt(CERTIFICATE)
              .putShort((short) TpmTemplates.SHA_256)
              .putInt(attributes)
              .putShort((short) 0)
              .putShort((short) content.length)
              .array();
      link.send(
          new TpmCommand("TPM2_NV_DefineSpace", 0x12a)
              .handle(OWNER)
              .password()
              .sized(new byte[0])
              .sized(area));
      for (int at = 0; at < content.length; at += 256) {
        link.send(
            new TpmCommand("TPM2_NV_Write", 0x137)
                .handle(OWNER)
                .handle(CERTIFICATE)
                .password()
                .sized(Arrays.copyOfRange(content, at, Math.min(at + 256, content.length)))
                .u16(at));
      }
    }
  }

  /** Gives a hierarchy a password. */
  void setPassword(int hierarchy) throws Exception {
    try (TpmLink link = link()) {
      link.send(
          new TpmCommand("TPM2_HierarchyChangeAuth", 0x129)
              .handle(hierarchy)
              .password()
              .sized(new byte[] {'s', 'e', 'c', 'r', 'e', 't'}));
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
