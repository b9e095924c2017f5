package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.join.JoinMethod;
import io.machineid.join.Tpm;
import io.machineid.join.TpmAttestation;
import io.machineid.testing.FakeScheduler;
import io.machineid.testing.SoftwareTpm;
import io.machineid.testing.TpmMaker;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Joining by the method {@code tpm}, with a TPM in Java. */
class TpmBotTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final KeyPair KEY = SoftwareTpm.newKey();
  private static final KeyPair OTHER_KEY = SoftwareTpm.newKey();
  private static final TpmMaker MAKER = new TpmMaker("maker");
  private static final BigInteger SERIAL = BigInteger.valueOf(0x8123456789L);

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final List<SoftwareTpm> opened = new CopyOnWriteArrayList<>();
  private TestCluster teleport;

  @AfterEach
  void stop() {
    teleport.close();
  }

  private void cluster(int version, String section) {
    teleport = TestCluster.builder().clock(clock).teleportVersion(version).authPort().start();
    teleport.createFullAccessRole("example-role");
    teleport.addBot("example", "example-role");
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: tpm
          tpm:
        %s
        """
            .formatted(section.indent(4)));
  }

  private static String allowing(KeyPair key) throws Exception {
    return "allow: [{description: rack 1, ek_public_hash: %s}]".formatted(SoftwareTpm.hash(key));
  }

  /** A token resource of TPMs that a maker has signed for. */
  private static String allowing(TpmMaker maker, String serial) throws Exception {
    return "allow: [{ek_certificate_serial: '%s'}]\nekcert_allowed_cas:\n- |\n%s"
        .formatted(serial, maker.pem().indent(2));
  }

  private Tpm tpm(KeyPair key, Optional<byte[]> certificate) {
    SoftwareTpm tpm = new SoftwareTpm(key, certificate);
    opened.add(tpm);
    return tpm;
  }

  private Tpm tpm() {
    return tpm(KEY, Optional.empty());
  }

  private Tpm tpmOf(TpmMaker maker) throws Exception {
    return tpm(KEY, Optional.of(maker.certificate(KEY.getPublic(), SERIAL).getEncoded()));
  }

  private JoinMethod method() {
    return JoinMethod.tpm("example-token").source(this::tpm);
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .join(method);
  }

  private void assertFails(JoinMethod method, Reason reason, String... words) {
    assertThatThrownBy(() -> bot(method).start(SOON))
        .isInstanceOfSatisfying(JoinException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words);
    assertThat(opened).allMatch(SoftwareTpm::isClosed);
  }

  private List<String> joins(int count) {
    Awaitility.await().atMost(SOON).until(() -> joins().size() >= count);
    return joins();
  }

  private List<String> joins() {
    return teleport.requests().stream()
        .map(RecordedRequest::path)
        .filter(path -> path.contains("JoinService/"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "17, /proto.JoinService/RegisterUsingTPMMethod",
    "18, /teleport.join.v1.JoinService/Join"
  })
  void bot_joinsWithItsTpm_throughProxyAndAtTheAuthServer(int version, String path)
      throws Exception {
    cluster(version, allowing(KEY));
    try (Bot bot = bot(method()).start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
      assertThat(bot.identity().renewable()).isFalse();
    }
    assertThat(joins(1)).containsExactly(path);
    try (Bot bot =
        Bot.builder()
            .authServer(teleport.authAddress())
            .caPins(teleport.caPins())
            .join(method())
            .clock(clock)
            .start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
    }
    assertThat(joins(2)).endsWith(path);
    assertThat(opened).hasSize(2).allMatch(SoftwareTpm::isClosed);
  }

  @ParameterizedTest
  @CsvSource({"17", "18"})
  void furtherJoins_areOfTheBotItself_eachWithTheTpmOpenedAnew(int version) throws Exception {
    cluster(version, allowing(KEY));
    FakeScheduler scheduler = new FakeScheduler(clock);
    try (Bot bot = bot(method()).scheduler(scheduler).start(SOON)) {
      Instant end = bot.identity().notAfter();
      scheduler.advance(bot, Duration.ofMinutes(21));
      scheduler.goOn(
          bot,
          () -> assertThat(bot.identity().notAfter()).as(() -> "of " + bot.health()).isAfter(end));
      assertThat(teleport.botInstances("example")).hasSize(1);
    }
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(teleport.requests())
                    .filteredOn(request -> request.path().contains("JoinService/"))
                    .extracting(RecordedRequest::service)
                    .containsExactly("JOINING", "AUTH"));
    assertThat(opened).hasSize(2).allMatch(SoftwareTpm::isClosed);
  }

  @ParameterizedTest
  @CsvSource({"17", "18"})
  void certificateOfTheMaker_countsWhereItIsAskedFor(int version) throws Exception {
    cluster(version, allowing(MAKER, "81:23:45:67:89"));

    bot(JoinMethod.tpm("example-token").source(() -> tpmOf(MAKER))).start(SOON).close();

    assertFails(
        JoinMethod.tpm("example-token").source(() -> tpmOf(new TpmMaker("maker"))),
        Reason.JOIN_DENIED,
        "EK certificate is not signed by any of the allowed CAs",
        "spec.tpm.ekcert_allowed_cas",
        "This machine has: ek_public_hash " + SoftwareTpm.hash(KEY),
        "ek_certificate_serial 81:23:45:67:89");
    assertFails(
        method(),
        Reason.JOIN_DENIED,
        "did not provide an EK certificate",
        "spec.tpm.ekcert_allowed_cas");
  }

  @Test
  void certificateWithAnotherSerial_isNotLetIn() throws Exception {
    cluster(18, allowing(MAKER, "01:02"));

    assertFails(
        JoinMethod.tpm("example-token").source(() -> tpmOf(MAKER)),
        Reason.JOIN_DENIED,
        "did not match any allow rules",
        "ek_certificate_serial 81:23:45:67:89");
  }

  @ParameterizedTest
  @CsvSource({"17", "18"})
  void anotherTpm_isNotLetIn_andIsTold(int version) throws Exception {
    cluster(version, allowing(OTHER_KEY));

    assertFails(
        method(),
        Reason.JOIN_DENIED,
        "validated tpm attributes did not match any allow rules",
        "Compare the `allow` rules of the token resource",
        "This machine has: ek_public_hash " + SoftwareTpm.hash(KEY));
  }

  @ParameterizedTest
  @CsvSource({"17", "18"})
  void machineThatKnowsAnEndorsementKeyButHasNotGotIt_isNotLetIn(int version) throws Exception {
    cluster(version, allowing(KEY));
    Tpm own = tpm(OTHER_KEY, Optional.empty());
    assertFails(
        JoinMethod.tpm("example-token")
            .source(
                () ->
                    new Other(own) {
                      @Override
                      public TpmAttestation attest() throws Exception {
                        return super.attest().key(KEY.getPublic().getEncoded());
                      }
                    }),
        Reason.EVIDENCE,
        "join method `tpm`",
        "see the cause");
    assertFails(
        JoinMethod.tpm("example-token")
            .source(
                () ->
                    new Other(tpm()) {
                      @Override
                      public byte[] activate(byte[] credentialBlob, byte[] secret) {
                        return new byte[32];
                      }
                    }),
        Reason.JOIN_DENIED,
        "invalid credential activation solution");
  }

  @Test
  void keysThatAreNotKeptByATpm_areNotLetIn() throws Exception {
    cluster(18, allowing(KEY));
    for (String[] refused :
        List.of(
            new String[] {"00050470", "attestation key is exportable"},
            new String[] {"00050452", "attestation key was not made by the TPM"},
            new String[] {"00040472", "attestation key is not a restricted signing key"})) {
      int attributes = Integer.parseInt(refused[0], 16);
      assertFails(
          JoinMethod.tpm("example-token")
              .source(() -> new SoftwareTpm(KEY, Optional.empty(), attributes)),
          Reason.JOIN_DENIED,
          refused[1],
          "spec.tpm");
    }
  }

  @Test
  void wordsThatAreNotTheTpms_areNotLetIn() throws Exception {
    cluster(17, allowing(KEY));
    TpmAttestation one = new SoftwareTpm(KEY, Optional.empty()).attest();
    TpmAttestation another = new SoftwareTpm(KEY, Optional.empty()).attest();

    assertSaid(
        "could not verify the signature",
        TpmAttestation.of(
            one.publicArea(),
            one.creationData(),
            one.creationAttestation(),
            another.creationSignature()));
    assertSaid(
        "creation attestation is not for the attestation key",
        TpmAttestation.of(
            one.publicArea(),
            one.creationData(),
            another.creationAttestation(),
            another.creationSignature()));
    assertSaid(
        "attestation refers to different creation data",
        TpmAttestation.of(
            one.publicArea(), new byte[30], one.creationAttestation(), one.creationSignature()));
  }

  private void assertSaid(String words, TpmAttestation attestation) {
    assertFails(
        JoinMethod.tpm("example-token")
            .source(
                () ->
                    new Other(tpm()) {
                      @Override
                      public TpmAttestation attest() {
                        return attestation.key(KEY.getPublic().getEncoded());
                      }
                    }),
        Reason.JOIN_DENIED,
        words);
  }

  @Test
  void releaseWithoutTheMethodInItsJoinService_isJoinedByTheStreamOfItsOwn() throws Exception {
    cluster(18, allowing(KEY));
    teleport.faults().unimplemented("teleport.join.v1.JoinService");

    bot(method()).start(SOON).close();

    assertThat(joins(2))
        .containsExactly(
            "/teleport.join.v1.JoinService/Join", "/proto.JoinService/RegisterUsingTPMMethod");
    assertThat(opened).as("one TPM, asked once").hasSize(1);
  }

  @Test
  void teleport16_ofTheFirstDays_hasNoSuchMethod() {
    teleport = TestCluster.builder().start();
    teleport.addBot("example");

    assertFails(
        method(),
        Reason.JOIN_DENIED,
        "the cluster does not take joins by the method `tpm`: its version is too old");
    assertThatThrownBy(() -> bot(method()).start(SOON)).hasMessageNotContaining("This machine has");
  }

  @Test
  void tokenOfAnotherMethod_isNamed() throws Exception {
    cluster(18, allowing(KEY));
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec: {roles: [Bot], bot_name: example, join_method: github, github: {allow: [{sub: a}]}}
        """);
    assertFails(method(), Reason.JOIN_DENIED, "Set join_method to the method of the token");
    assertThatThrownBy(() -> bot(method()).start(SOON)).hasMessageNotContaining("This machine has");
    teleport.faults().unimplemented("teleport.join.v1.JoinService");
    assertFails(
        method(),
        Reason.JOIN_DENIED,
        "this token does not support the TPM join method",
        "Set join_method to the method of the token");
  }

  /** A TPM that is not quite like the one behind it. */
  private abstract static class Other implements Tpm {
    private final Tpm tpm;

    Other(Tpm tpm) {
      this.tpm = tpm;
    }

    @Override
    public TpmAttestation attest() throws Exception {
      return tpm.attest();
    }

    @Override
    public byte[] activate(byte[] credentialBlob, byte[] secret) throws Exception {
      return tpm.activate(credentialBlob, secret);
    }

    @Override
    public void close() throws IOException {
      tpm.close();
    }
  }
}
