package io.machineid.testkit.internal.state;

import java.util.ArrayList;
import java.util.List;

/** What differs between the versions of Teleport that a cluster can be. */
public enum Personality {
  /** The one that everything was tried against. */
  V16(16, "16.0.0-dev", "15.0.0", "", ""),
  /** Other signature suites; more join methods. */
  V17(17, "17.7.0", "16.0.0", "balanced-v1", "azure_devops bitbucket oracle terraform_cloud tpm"),
  /** Reads no single key in requests for certificates any more. */
  V18(18, "18.5.0", "17.0.0", "balanced-v1", "bound_keypair env0");

  private static final List<String> FIRST =
      List.of(
          "azure",
          "circleci",
          "ec2",
          "gcp",
          "github",
          "gitlab",
          "iam",
          "kubernetes",
          "spacelift",
          "token");

  private final int major;
  private final String version;
  private final String oldestClient;
  private final String signatureSuite;
  private final String newMethods;

  Personality(
      int major, String version, String oldestClient, String signatureSuite, String newMethods) {
    this.major = major;
    this.version = version;
    this.oldestClient = oldestClient;
    this.signatureSuite = signatureSuite;
    this.newMethods = newMethods;
  }

  /**
   * By the first number of a version.
   *
   * @throws IllegalArgumentException where there is none for it
   */
  public static Personality of(int major) {
    for (Personality each : values()) {
      if (each.major == major) {
        return each;
      }
    }
    throw new IllegalArgumentException("Teleport 16, 17 and 18 can be played, not " + major);
  }

  /** The whole version. */
  public String version() {
    return version;
  }

  /** The oldest client that it says to serve. */
  public String oldestClient() {
    return oldestClient;
  }

  /** The signature suite that it publishes; empty before there were any. */
  public String signatureSuite() {
    return signatureSuite;
  }

  /** The join methods that it knows, sorted. */
  public List<String> joinMethods() {
    List<String> methods = new ArrayList<>(FIRST);
    for (Personality each : values()) {
      if (each.compareTo(this) <= 0 && !each.newMethods.isEmpty()) {
        methods.addAll(List.of(each.newMethods.split(" ")));
      }
    }
    methods.sort(null);
    return methods;
  }

  /** Whether requests for certificates may name one key for SSH and TLS. */
  public boolean takesSingleKey() {
    return major < 18;
  }

  /** Whether bots have instances, and tell of themselves. */
  public boolean hasBotInstances() {
    return major >= 17;
  }

  /** Whether it knows the wish that an output's certificate may be exchanged for others. */
  public boolean letsCertificatesBeReissued() {
    return major >= 17;
  }

  /** Whether requests may say in their path which Kubernetes cluster they are for. */
  public boolean routesByPath() {
    return major >= 17;
  }
}
