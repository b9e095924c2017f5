package io.machineid.testkit.internal.state;

import io.machineid.testkit.internal.pki.SignatureSuite;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Which Teleport a cluster is like. */
public enum TeleportVersion {
  /** The one that everything was tried against. */
  V16(16, "16.0.0-dev", "azure circleci ec2 gcp github gitlab iam kubernetes spacelift token"),
  /** Signature suites, bot instances, paths to Kubernetes clusters; more join methods. */
  V17(17, "17.7.0", "azure_devops bitbucket oracle terraform_cloud tpm"),
  /** A join service for all methods; no single key in requests for certificates any more. */
  V18(18, "18.5.0", "bound_keypair env0");

  private final int major;
  private final String number;
  private final String newMethods;

  TeleportVersion(int major, String number, String newMethods) {
    this.major = major;
    this.number = number;
    this.newMethods = newMethods;
  }

  /**
   * By its first number.
   *
   * @throws IllegalArgumentException where there is none for it
   */
  public static TeleportVersion of(int major) {
    return Arrays.stream(values())
        .filter(each -> each.major == major)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException("Teleport 16, 17 and 18 can be played, not " + major));
  }

  /** All of the version. */
  public String number() {
    return number;
  }

  /** The oldest clients that it says it serves. */
  public String oldestClient() {
    return (major - 1) + ".0.0";
  }

  /** Whether bots have instances, and tell of themselves. */
  public boolean hasBotInstances() {
    return isAtLeast(V17);
  }

  /** Whether joins by one request may come over gRPC, too. */
  public boolean takesTokenJoinsOverGrpc() {
    return isAtLeast(V17);
  }

  /** Whether it knows the wish that an output's certificate may be exchanged for others. */
  public boolean letsCertificatesBeReissued() {
    return isAtLeast(V17);
  }

  /** Whether requests may say in their path which Kubernetes cluster they are for. */
  public boolean routesByPath() {
    return isAtLeast(V17);
  }

  /** Whether it knows suites of signature algorithms. */
  public boolean hasSignatureSuites() {
    return isAtLeast(V17);
  }

  /** The suite of new clusters; before 17 all have what is called {@code legacy} since. */
  public SignatureSuite usualSuite() {
    return hasSignatureSuites() ? SignatureSuite.BALANCED_V1 : SignatureSuite.LEGACY;
  }

  /** Whether requests for certificates may name one key for SSH and TLS. */
  public boolean takesSingleKey() {
    return !isAtLeast(V18);
  }

  /** Whether requests for certificates may name a key for each, SSH and TLS. */
  public boolean takesSplitKeys() {
    return isAtLeast(V17);
  }

  /** Whether it lets nobody join who is older than it says. */
  public boolean refusesOldClients() {
    return isAtLeast(V18);
  }

  /** Whether it has the join service that takes all methods over one stream. */
  public boolean hasJoinService() {
    return isAtLeast(V18);
  }

  /** How it can check the tokens of Kubernetes' service accounts. */
  public List<String> kubernetesJoinTypes() {
    return isAtLeast(V18)
        ? List.of("in_cluster", "static_jwks", "oidc")
        : List.of("in_cluster", "static_jwks");
  }

  /** The join methods that it knows, sorted. */
  public List<String> joinMethods() {
    return Stream.of(values())
        .filter(this::isAtLeast)
        .flatMap(each -> Stream.of(each.newMethods.split(" ")))
        .sorted()
        .toList();
  }

  private boolean isAtLeast(TeleportVersion other) {
    return compareTo(other) >= 0;
  }
}
