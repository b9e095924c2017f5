package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConfigException;
import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import io.machineid.testing.SoftwareTpm;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TPMs that are not there, not open to us, silent, talkative or mistaken. */
class TpmSessionTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration IMPATIENT = Duration.ofSeconds(3);
  private static final KeyPair KEY = SoftwareTpm.newKey();

  @TempDir private Path home;

  private static TpmJoin method(TpmSource source) {
    return JoinMethod.tpm("example-token").source(source);
  }

  private static void assertFails(TpmSource source, boolean retryable, String... words) {
    assertFails(method(source), retryable, words);
  }

  private static void assertFails(TpmJoin method, boolean retryable, String... words) {
    try (TpmSession session = method.open()) {
      assertFails(session::attestation, retryable, words);
    }
  }

  private static void assertFails(ThrowingCallable call, boolean retryable, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            JoinException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.EVIDENCE);
              assertThat(e.retryable()).isEqualTo(retryable);
            })
        .hasMessageContaining("join method `tpm`")
        .hasMessageContainingAll(words);
  }

  @Test
  void machineWithoutATpm_isTold() {
    assertFails(
        () -> TpmDevice.openFirst(List.of(home.resolve("tpmrm0"), home.resolve("tpm0"))),
        false,
        "this machine has no TPM 2.0 that can be seen",
        "give the container the device /dev/tpmrm0");
    assertFails(TpmSource.device(home.resolve("tpm7")), false, "tpm7: the device does not exist");
    assertFails(TpmSource.device(home), true, "cannot be opened", "Another program may hold it");
  }

  @Test
  void socketThatNobodyServes_isNamed_withTheNextStep() throws Exception {
    Path socket = home.resolve("none.sock");
    assertFails(
        TpmSource.socket(UnixDomainSocketAddress.of(socket)),
        true,
        "the TPM at " + socket + " cannot be reached",
        "start swtpm with --flags not-need-init,startup-clear");
    SocketAddress left;
    try (ServerSocket once = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      left = once.getLocalSocketAddress();
    }
    assertFails(TpmSource.socket(left), true, "the TPM at " + left + " cannot be reached");
  }

  @Test
  void socketOfAnotherMachine_isRefused() throws Exception {
    for (SocketAddress address :
        List.of(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 7}), 2321),
            new InetSocketAddress(2321),
            InetSocketAddress.createUnresolved("localhost", 2321))) {
      assertThatThrownBy(() -> TpmSource.socket(address))
          .isInstanceOf(ConfigException.class)
          .hasMessageContainingAll("the TPM at " + address, "not on this machine", "loopback");
    }
  }

  @Test
  void deviceThatIsNotForUs_namesTheGroup() {
    Path device = Path.of("/dev/tpmrm0");
    assertFails(
        () -> {
          throw TpmDevice.notOpened(device, new AccessDeniedException(device.toString()));
        },
        false,
        "the TPM at /dev/tpmrm0 may not be used by this process",
        "group",
        "`tss`");
  }

  @Test
  void fileThatIsNoTpm_endsAtOnce() throws Exception {
    Path file = Files.createFile(home.resolve("file"));
    assertFails(TpmSource.device(file), true, "does not answer TPM2_NV_ReadPublic", "it ended");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8001 7fffffff 00000000 | true  | its answer of 2147483647 bytes is not one of a TPM",
        "8001 ffffffff 00000000 | true  | its answer of 4294967295 bytes is not one of a TPM",
        "8001 00000004 00000000 | true  | its answer of 4 bytes is not one of a TPM",
        "8001 0000000a 00000000 | false | cannot be read: it speaks no TPM 2.0",
        "8001 0000000c 00000000 ffff | false | cannot be read: it speaks no TPM 2.0",
        "8001 0000000a 00000101 | false | refused TPM2_ReadPublic with code 0x101: it has failed",
        "8001 0000000a 00000922 | true  | code 0x922: it is busy",
        "8001 0000000a 000001d5 | false | code 0x1d5",
      })
  void answersThatAreNotAsTheyShouldBe(String answer, boolean retryable, String words)
      throws Exception {
    byte[] bytes = HexFormat.of().parseHex(answer.replace(" ", ""));
    try (Peer peer = new Peer(bytes)) {
      assertFails(peer.source(), retryable, words);
    }
  }

  @Test
  void tpmThatGoesAway_isToldAsPassing() throws Exception {
    try (Peer peer = new Peer(new byte[4])) {
      peer.closeAfterAnswer();
      assertFails(peer.source(), true, "does not answer", "it ended after 4 bytes");
    }
  }

  @Test
  void silentTpm_isGivenUp_andLetGo() throws Exception {
    try (Peer peer = new Peer(new byte[0])) {
      assertFails(
          method(peer.source(IMPATIENT.multipliedBy(4))).patience(IMPATIENT),
          true,
          "did not come within");
      assertThat(peer.ended.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void silentTpm_isToldAsPassing() throws Exception {
    try (Peer peer = new Peer(new byte[0])) {
      assertFails(peer.source(IMPATIENT), true, "TPM2_NV_ReadPublic", "it was silent for 3 s");
      assertThat(peer.ended.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void interruptedThread_closesTheTpm_andStaysInterrupted() throws Exception {
    for (int i = 0; i < 50; i++) {
      SoftwareTpm tpm = new SoftwareTpm(KEY, Optional.empty());
      TpmSession session = method(() -> tpm).open();
      assertThat(session.attestation()).isNotNull();

      Thread.currentThread().interrupt();
      session.close();

      assertThat(Thread.interrupted()).isTrue();
      assertThat(tpm.isClosed()).isTrue();
    }
  }

  @Test
  void interruptedThread_isTold_andStaysInterrupted() throws Exception {
    Thread.currentThread().interrupt();
    assertFails(
        () -> new SoftwareTpm(KEY, Optional.empty()),
        true,
        "interrupted while the evidence was fetched");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void tpmThatTakesTooLong_isNotInterrupted_andClosedWhenItHasAnswered() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    CompletableFuture<String> ended = new CompletableFuture<>();
    Tpm slow =
        new Tpm() {
          private String answered = "not answered";

          @Override
          public TpmAttestation attest() throws Exception {
            try {
              late.await();
              answered = "answered";
            } catch (InterruptedException e) {
              answered = "interrupted";
            }
            throw new IllegalStateException();
          }

          @Override
          public byte[] activate(byte[] credentialBlob, byte[] secret) {
            throw new IllegalStateException();
          }

          @Override
          public void close() {
            ended.complete(answered);
          }
        };
    assertFails(method(() -> slow).patience(IMPATIENT), true, "did not come within 3 s");
    assertThat(ended).isNotDone();

    late.countDown();
    assertThat(ended.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("answered");
  }

  @Test
  void tpmThatIsOpenedTooLate_isClosed() {
    CountDownLatch late = new CountDownLatch(1);
    AtomicReference<SoftwareTpm> opened = new AtomicReference<>();
    TpmSource source =
        () -> {
          boolean waiting = true;
          while (waiting) {
            try {
              late.await();
              waiting = false;
            } catch (InterruptedException e) {
              // This one cannot be hurried.
            }
          }
          opened.set(new SoftwareTpm(KEY, Optional.empty()));
          return opened.get();
        };
    assertFails(method(source).patience(IMPATIENT), true, "did not come within");

    late.countDown();
    Awaitility.await().atMost(SOON).until(() -> opened.get() != null && opened.get().isClosed());
  }

  @Test
  void sourceOfOnesOwn_isCheckedAndMayFail() throws Exception {
    TpmAttestation whole = new SoftwareTpm(KEY, Optional.empty()).attest();
    TpmAttestation bare =
        TpmAttestation.of(
            whole.publicArea(),
            whole.creationData(),
            whole.creationAttestation(),
            whole.creationSignature());
    assertFails(
        () -> saying(bare, new byte[32]),
        false,
        "the TPM has neither an EK certificate nor an endorsement key");
    assertFails(
        () -> saying(bare.key(new byte[16 * 1024 + 1]), new byte[32]), false, "larger than 16 KiB");
    assertFails(() -> saying(bare.certificate(new byte[0]), new byte[32]), false, "is empty");
    assertFails(
        () -> {
          throw new IllegalStateException("secret words");
        },
        true,
        "its source of evidence failed with java.lang.IllegalStateException; see the cause");
    assertThat(bare.toString()).contains("no endorsement key");
    assertThat(bare.certificate(new byte[9]).toString()).contains("cannot be read");
  }

  @Test
  @SuppressWarnings("NullAway") // as users may
  void sourceThatGivesNull_isTold() throws Exception {
    String words = "the TPM, or its source, gave null where it has to answer";
    assertFails(() -> null, false, words);
    assertFails(() -> saying(null, new byte[32]), false, words);
    TpmAttestation whole = new SoftwareTpm(KEY, Optional.empty()).attest();
    try (TpmSession session = method(() -> saying(whole, null)).open()) {
      assertFails(() -> session.exposeSolution(new byte[68], new byte[256]), false, words);
    }
    assertThatThrownBy(() -> whole.key(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void attestation_staysAsItIs() {
    byte[] given = {1};
    TpmAttestation attestation =
        TpmAttestation.of(given, given, given, given).key(given).certificate(given);
    given[0] = 2;
    attestation.publicArea()[0] = 2;
    attestation.creationData()[0] = 2;
    attestation.creationAttestation()[0] = 2;
    attestation.creationSignature()[0] = 2;
    attestation.key().orElseThrow()[0] = 2;
    attestation.certificate().orElseThrow()[0] = 2;
    assertThat(
            List.of(
                attestation.publicArea(),
                attestation.creationData(),
                attestation.creationAttestation(),
                attestation.creationSignature(),
                attestation.key().orElseThrow(),
                attestation.certificate().orElseThrow()))
        .allSatisfy(part -> assertThat(part).containsExactly(1));
  }

  @Test
  void solution_isOfASizeThatSolutionsHave() throws Exception {
    TpmAttestation whole = new SoftwareTpm(KEY, Optional.empty()).attest();
    for (byte[] solution : List.of(new byte[0], new byte[1025])) {
      try (TpmSession session = method(() -> saying(whole, solution)).open()) {
        assertFails(
            () -> session.exposeSolution(new byte[68], new byte[256]),
            false,
            "what the TPM opened");
      }
    }
    try (TpmSession session = method(() -> saying(whole, new byte[32])).open()) {
      assertFails(
          () -> session.exposeSolution(new byte[4097], new byte[256]),
          false,
          "the cluster's challenge is not of the form");
      assertFails(
          () -> session.exposeSolution(new byte[68], new byte[1]),
          false,
          "the cluster's challenge is not of the form");
    }
  }

  @Test
  void challenge_mayHaveSizesBeforeItOrNot() {
    byte[] blob = new byte[68];
    blob[1] = 32;
    byte[] sizedBlob = new byte[70];
    sizedBlob[1] = 68;
    sizedBlob[3] = 32;
    byte[] secret = new byte[256];
    secret[1] = (byte) 254; // as encrypted bytes may begin
    byte[] sizedSecret = new byte[258];
    sizedSecret[0] = 1;
    sizedSecret[3] = (byte) 254;
    for (List<byte[]> sent : List.of(List.of(blob, secret), List.of(sizedBlob, sizedSecret))) {
      try (TpmSession session =
          method(
                  () ->
                      new Tpm() {
                        @Override
                        public TpmAttestation attest() {
                          throw new IllegalStateException();
                        }

                        @Override
                        public byte[] activate(byte[] credentialBlob, byte[] seed) {
                          assertThat(credentialBlob).isEqualTo(blob);
                          assertThat(seed).isEqualTo(secret);
                          return new byte[] {7};
                        }

                        @Override
                        public void close() {}
                      })
              .open()) {
        assertThat(session.exposeSolution(sent.get(0), sent.get(1))).containsExactly(7);
      }
    }
  }

  @Test
  void credentialBlob_isWithoutItsSize_howeverLongItIs() {
    byte[] blob = new byte[62];
    blob[1] = 32;
    byte[] sizedBlob = new byte[64];
    sizedBlob[1] = 62;
    sizedBlob[3] = 32;
    AtomicReference<byte[]> seen = new AtomicReference<>();
    Tpm tpm =
        new Tpm() {
          @Override
          public TpmAttestation attest() {
            throw new IllegalStateException();
          }

          @Override
          public byte[] activate(byte[] credentialBlob, byte[] secret) {
            seen.set(credentialBlob);
            return new byte[] {7};
          }

          @Override
          public void close() {}
        };
    try (TpmSession session = method(() -> tpm).open()) {
      assertThat(session.exposeSolution(sizedBlob, new byte[256])).containsExactly(7);
    }
    assertThat(seen.get()).isEqualTo(blob);
  }

  private static Tpm saying(TpmAttestation attestation, byte[] solution) {
    return new Tpm() {
      @Override
      public TpmAttestation attest() {
        return attestation;
      }

      @Override
      public byte[] activate(byte[] credentialBlob, byte[] secret) {
        return solution;
      }

      @Override
      public void close() {}
    };
  }

  /** Answers the first command that is not about a certificate, and tells when we are gone. */
  private static final class Peer implements AutoCloseable {
    private static final byte[] NO_CERTIFICATE = HexFormat.of().parseHex("80010000000a0000018b");

    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final CompletableFuture<Boolean> closing = new CompletableFuture<>();
    private final Future<Boolean> ended;

    Peer(byte[] answer) throws IOException {
      ended = thread.submit(() -> serve(answer));
    }

    TpmSource source() {
      return TpmSource.socket(listening.getLocalSocketAddress());
    }

    TpmSource source(Duration silence) {
      return () -> TpmSocket.open(listening.getLocalSocketAddress(), silence);
    }

    void closeAfterAnswer() {
      closing.complete(true);
    }

    private boolean serve(byte[] answer) throws IOException {
      try (Socket socket = listening.accept()) {
        InputStream in = socket.getInputStream();
        if (answer.length > 0) {
          in.read(new byte[14]);
          socket.getOutputStream().write(closing.isDone() ? answer : NO_CERTIFICATE);
        }
        if (closing.isDone()) {
          return true;
        }
        while (in.read(new byte[4096]) >= 0) {
          socket.getOutputStream().write(answer);
        }
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
      thread.shutdownNow();
    }
  }
}
