package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.config.BotConfig;
import io.machineid.join.JoinMethod;
import io.machineid.join.OracleEvidenceSource;
import io.machineid.join.OracleJoin;
import io.machineid.join.OracleProof;
import io.machineid.join.OracleSignedRequests;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RecordedBotInstance;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestOracle;
import io.machineid.testkit.TestPlatform;
import java.net.ProxySelector;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Joining by the method {@code oracle}, with a made-up Oracle Cloud. */
class OracleBotTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String REGION = "eu-frankfurt-1";

  private final TestPlatform platform = TestPlatform.start();
  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private TestCluster teleport;

  private void cluster(int version) {
    teleport = TestCluster.builder().clock(clock).teleportVersion(version).authPort().start();
    teleport.createFullAccessRole("example-role");
    teleport.addBot("example", "example-role");
  }

  private void createToken(String rule) {
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: oracle
          oracle: {allow: [%s]}
        """
            .formatted(rule));
  }

  /** A cluster that lets the instances of a tenancy in. */
  private Map<String, String> machine(int version) {
    cluster(version);
    createToken("{tenancy: ocid1.tenancy.oc1..acme, parent_compartments: [web, db]}");
    return platform.oracle(launch("ocid1.tenancy.oc1..acme", "web"));
  }

  private TestOracle.Instance launch(String tenancy, String compartment) {
    return teleport.oracle().launch(tenancy, compartment, REGION);
  }

  @AfterEach
  void stop() {
    platform.close();
    teleport.close();
  }

  private static JoinMethod method(Map<String, String> environment) {
    return BotConfig.parse(
            """
            version: v2
            join_uri: tbot+proxy+oracle://example-token@teleport.example:443
            """,
            "tbot.yaml")
        .onboarding()
        .method(environment)
        .orElseThrow();
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(method)
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler);
  }

  private void assertFails(JoinMethod method, Reason reason, String... words) {
    assertThatThrownBy(() -> bot(method).start(SOON))
        .isInstanceOfSatisfying(JoinException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words)
        .message()
        .doesNotContain("PRIVATE KEY", "ST$", "Signature version");
  }

  /** The evidence of a machine, after something was done to it. */
  private record Changed(
      OracleJoin machine,
      UnaryOperator<Instant> time,
      UnaryOperator<OracleProof> proof,
      UnaryOperator<OracleSignedRequests> requests)
      implements OracleEvidenceSource {

    @Override
    public OracleProof proof(String challenge, Instant now) {
      return proof.apply(machine.proof(challenge, time.apply(now), ProxySelector.of(null)));
    }

    @Override
    public OracleSignedRequests signedRequests(String challenge, Instant now) {
      return requests.apply(
          machine.signedRequests(challenge, time.apply(now), ProxySelector.of(null)));
    }
  }

  private static OracleJoin changed(
      Map<String, String> machine,
      UnaryOperator<Instant> time,
      UnaryOperator<OracleProof> proof,
      UnaryOperator<OracleSignedRequests> requests) {
    OracleJoin method = JoinMethod.oracle("example-token");
    return method.source(new Changed(method.environment(machine), time, proof, requests));
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18})
  void bot_joinsAsItsInstance_andStaysWhatItWasWhenItJoinsAgain(int version) {
    try (Bot bot = bot(method(machine(version))).start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
      assertThat(bot.identity().renewable()).isFalse();
      Instant end = bot.identity().notAfter();
      scheduler.advance(bot, Duration.ofMinutes(21));
      scheduler.goOn(bot, () -> assertThat(bot.identity().notAfter()).isAfter(end));

      assertThat(teleport.botInstances("example"))
          .singleElement()
          .extracting(RecordedBotInstance::joins, RecordedBotInstance::joinMethod)
          .containsExactly(2, "oracle");
    }
    assertThat(platform.requests())
        .filteredOn("POST /v1/x509"::equals)
        .as("evidence is fetched for each join")
        .hasSize(2);
    assertThat(teleport.requests())
        .extracting(RecordedRequest::path)
        .contains(
            version == 18
                ? "/teleport.join.v1.JoinService/Join"
                : "/proto.JoinService/RegisterUsingOracleMethod");
  }

  @Test
  void clusterWhoseJoinServiceDoesNotKnowIt_isJoinedByTheOlderStream() {
    Map<String, String> machine = machine(18);
    teleport.faults().unimplemented("teleport.join.v1.JoinService/Join");

    bot(method(machine)).start(SOON).close();
    assertThat(teleport.botInstances("example")).hasSize(1);
  }

  @Test
  void releaseThatTakesItAtTheProxyOnly_isJoinedThereEachTime() {
    Map<String, String> machine = machine(17);
    teleport.faults().unimplementedAtAuth("proto.JoinService/RegisterUsingOracleMethod");

    try (Bot bot = bot(method(machine)).start(SOON)) {
      Instant end = bot.identity().notAfter();
      scheduler.advance(bot, Duration.ofMinutes(21));
      scheduler.goOn(bot, () -> assertThat(bot.identity().notAfter()).isAfter(end));
      assertThat(bot.state()).isEqualTo(BotState.READY);
      assertThat(teleport.botInstances("example")).as("as a stranger").hasSize(2);
    }
  }

  @Test
  void teleport16_doesNotKnowIt() {
    cluster(16);
    Map<String, String> machine = platform.oracle(launch("t", "c"));

    assertThatThrownBy(() -> createToken("{tenancy: t}"))
        .hasMessageContaining("unknown join method \"oracle\"");
    assertFails(
        method(machine),
        Reason.JOIN_DENIED,
        "the cluster does not take joins by the method `oracle`",
        "its version is too old");
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18})
  void rules_decideByTenancyCompartmentRegionAndInstance(int version) {
    machine(version);
    TestOracle.Instance instance = launch("ocid1.tenancy.oc1..acme", "web");
    Map<String, String> machine = platform.oracle(instance);
    createToken(
        "{tenancy: ocid1.tenancy.oc1..acme, regions: [%s], instances: [%s]}"
            .formatted(REGION, instance.id()));
    bot(method(machine)).start(SOON).close();

    for (String rule :
        List.of(
            "{tenancy: ocid1.tenancy.oc1..other}",
            "{tenancy: ocid1.tenancy.oc1..acme, parent_compartments: [db]}",
            "{tenancy: ocid1.tenancy.oc1..acme, regions: [us-ashburn-1]}",
            "{tenancy: ocid1.tenancy.oc1..acme, instances: [ocid1.instance.oc1..other]}")) {
      createToken(rule);
      assertFails(
          method(machine),
          Reason.JOIN_DENIED,
          "instance " + instance.id() + " did not match any allow rules in token example-token",
          "Compare the `allow` rules of the token resource");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18})
  void requestThatIsTooOld_isRefusedInOraclesWords(int version) {
    assertFails(
        changed(
            machine(version),
            now -> now.minus(Duration.ofMinutes(4)),
            proof -> {
              clock.advance(Duration.ofMinutes(2));
              return proof;
            },
            requests -> {
              clock.advance(Duration.ofMinutes(2));
              return requests;
            }),
        Reason.JOIN_DENIED,
        "401 Unauthorized",
        "is not within allowed clock skew",
        "the clock of the cluster");
  }

  @Test
  void signatureThatWasTamperedWith_isRefused() {
    Map<String, String> machine = machine(18);

    assertFails(
        changed(
            machine,
            now -> now,
            proof -> {
              byte[] signature = proof.signature();
              signature[5] ^= 1;
              return OracleProof.of(
                  proof.certificate(),
                  proof.intermediate(),
                  signature,
                  proof.exposeRootAuthoritiesRequest());
            },
            requests -> requests),
        Reason.JOIN_DENIED,
        "challenge signature does not match",
        "Check that this is a compute instance of Oracle Cloud");
    assertFails(
        changed(
            machine,
            now -> now,
            proof ->
                OracleProof.of(
                    proof.intermediate(),
                    proof.intermediate(),
                    proof.signature(),
                    proof.exposeRootAuthoritiesRequest()),
            requests -> requests),
        Reason.JOIN_DENIED,
        "failed to verify the instance's certificate");
  }

  @Test
  void headersThatWereTamperedWith_areRefused() {
    Map<String, String> machine = machine(17);

    assertFails(
        changed(
            machine,
            now -> now,
            proof -> proof,
            requests -> {
              Map<String, String> other = new HashMap<>(requests.exposePayloadHeaders());
              other.put("host", "auth.us-ashburn-1.oraclecloud.com");
              return OracleSignedRequests.of(requests.exposeHeaders(), other);
            }),
        Reason.JOIN_DENIED,
        "401 Unauthorized",
        "was not provided or was incorrect");
    assertFails(
        changed(
            machine,
            now -> now,
            proof -> proof,
            requests -> {
              Map<String, String> other = new HashMap<>(requests.exposeHeaders());
              other.remove("x-teleport-challenge");
              return OracleSignedRequests.of(other, requests.exposePayloadHeaders());
            }),
        Reason.JOIN_DENIED,
        "challenge is missing or does not match");
    assertFails(
        changed(
            machine,
            now -> now,
            proof -> proof,
            requests -> {
              Map<String, String> other = new HashMap<>(requests.exposeHeaders());
              other.put("host", "evil.example");
              return OracleSignedRequests.of(other, requests.exposePayloadHeaders());
            }),
        Reason.JOIN_DENIED,
        "unexpected host in signed request: \"evil.example\"");
  }

  @Test
  void troublesOfTheMetadataService_areTold() {
    Map<String, String> machine = machine(18);
    platform.answer(404, "{}");
    assertFails(
        method(machine), Reason.EVIDENCE, "the metadata service of Oracle Cloud", "status 404");
    platform.answer(200, "{\"canonicalRegionName\":\"eu-frankfurt-1\"}");
    assertFails(method(machine), Reason.EVIDENCE, "does not tell the tenancy (`tenantId`)");
    platform.answer(200, "a".repeat(300_000));
    assertFails(method(machine), Reason.EVIDENCE, "answered more than 256 KiB");
    platform.close();
    assertFails(
        method(machine),
        Reason.EVIDENCE,
        "/opc/v2/instance/ does not answer",
        "join method `oracle`");
  }

  @Test
  void troublesOfTheAuthenticationService_areTold() {
    Map<String, String> machine = new HashMap<>(machine(18));
    machine.put("OCI_SDK_AUTH_CLIENT_REGION_URL", "http://auth.oracle.example");
    assertFails(
        method(machine),
        Reason.EVIDENCE,
        "the authentication service of Oracle Cloud must be asked over https");

    try (TestPlatform other = TestPlatform.start()) {
      other.answer(401, "{}");
      machine.put("OCI_SDK_AUTH_CLIENT_REGION_URL", "http://" + other.address() + "/");
      assertFails(
          method(machine),
          Reason.EVIDENCE,
          "the authentication service of Oracle Cloud",
          "status 401");
      other.answer(200, "{\"token\":\"with \\\"quotes\\\"\"}");
      assertFails(method(machine), Reason.EVIDENCE, "as security token is none");
    }
  }
}
