package io.machineid.testkit.internal.join;

import io.machineid.testkit.internal.state.Refusal;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Checks what those present who join by another method than a one-time token. Thread-safe. */
public final class Evidence {

  /** Who issues the tokens of service accounts in the Kubernetes cluster that the cluster is in. */
  public static final String OWN_KUBERNETES = "https://kubernetes.default.svc.cluster.local";

  private final String clusterName;
  private final InstantSource clock;
  private final AzureCloud azure;
  private final OracleCloud oracle;
  private final AwsIdentities aws = new AwsIdentities();
  private final Map<String, Issuer> issuers = new ConcurrentHashMap<>();

  /** For a cluster. */
  public Evidence(String clusterName, InstantSource clock) {
    this.clusterName = clusterName;
    this.clock = clock;
    this.azure = new AzureCloud(clock);
    this.oracle = new OracleCloud(clock);
  }

  /** Somebody who issues tokens under this name; found by those who check them. */
  public Issuer issuer(String url) {
    return issuers.computeIfAbsent(url, name -> new Issuer(name, clock));
  }

  /** The made-up AWS. */
  public AwsIdentities aws() {
    return aws;
  }

  /**
   * Checks a request to AWS that was signed and not sent.
   *
   * @throws Refusal where it does not let anybody in
   */
  public void checkIam(ProvisionToken token, String challenge, byte[] signedRequest) {
    new IamEvidence(aws, clock).check(token, challenge, signedRequest);
  }

  /** The made-up Azure. */
  public AzureCloud azure() {
    return azure;
  }

  /**
   * Checks the evidence of an Azure machine.
   *
   * @throws Refusal where it does not let anybody in
   */
  public void checkAzure(ProvisionToken token, String challenge, AzureChecks.Shown shown) {
    new AzureChecks(azure, issuer(AzureCloud.TENANT), clock).check(token, challenge, shown);
  }

  /** The made-up Oracle Cloud. */
  public OracleCloud oracle() {
    return oracle;
  }

  /**
   * Checks the two signed requests of an instance of Oracle Cloud.
   *
   * @throws Refusal where they do not let anybody in
   */
  public void checkOracleRequests(
      ProvisionToken token,
      String challenge,
      Map<String, String> headers,
      Map<String, String> payloadHeaders) {
    new OracleChecks(oracle).checkRequests(token, challenge, headers, payloadHeaders);
  }

  /**
   * Checks what an instance of Oracle Cloud shows to the join service.
   *
   * @throws Refusal where it does not let anybody in
   */
  public void checkOracleProof(ProvisionToken token, String challenge, OracleChecks.Proof proof) {
    new OracleChecks(oracle).checkProof(token, challenge, proof);
  }

  /**
   * Begins a join with a TPM.
   *
   * @throws Refusal where what it says does not let anybody in
   */
  public TpmJoining beginTpm(ProvisionToken token, TpmEvidence evidence) {
    return TpmJoining.begin(token, evidence, clock);
  }

  /**
   * Checks an ID token.
   *
   * @throws Refusal where it does not let anybody in, in the words of a real cluster
   */
  public void checkIdToken(ProvisionToken token, String idToken) {
    if (token.method().equals("kubernetes")) {
      new KubernetesEvidence(clusterName, clock, issuer(OWN_KUBERNETES), issuers::get)
          .check(token, idToken);
      return;
    }
    PlatformRules rules =
        PlatformRules.of(token.method())
            .orElseThrow(
                () ->
                    Refusal.denied(
                        "this token is only valid for the %1$s join method but the node has connected to the wrong endpoint, make sure your node is configured to use the %1$s join method"
                            .formatted(token.method())));
    new PlatformEvidence(rules, clusterName, clock, issuers::get).check(token, idToken);
  }
}
