package io.machineid.config;

import java.util.List;
import java.util.Map;

/** What {@code tbot} understands, in some version, and this version does not: refused by name. */
final class Unserved {

  private static final String NOT_YET =
      "is known to tbot, but not served by this version of machineid; remove it";

  static final Map<String, String> TOP_LEVEL =
      Map.of(
          "services", NOT_YET + " (Kubernetes outputs go under `outputs`)",
          "diag_addr", NOT_YET,
          "fips", NOT_YET,
          "credential_ttl",
              "is the newer name of `certificate_ttl`; this version reads `certificate_ttl`",
          "join_uri", NOT_YET);

  /**
   * Keys of version 1 files, which tell old from new even where {@code version} was changed by
   * hand.
   */
  static final Map<String, String> VERSION_1 =
      Map.of("destinations", "is a key of version 1; in version 2 it is `outputs`");

  static final Map<String, String> ONBOARDING =
      Map.of(
          "azure", NOT_YET,
          "terraform", NOT_YET,
          "gitlab", NOT_YET,
          "bound_keypair", NOT_YET,
          "kubernetes", NOT_YET,
          "generic_oidc", NOT_YET);

  static final Map<String, String> KUBERNETES_OUTPUT =
      Map.of(
          "name", NOT_YET,
          "credential_ttl", NOT_YET,
          "renewal_interval", NOT_YET,
          "selectors", "belongs to `type: kubernetes/v2`, which this version does not serve",
          "context_name_template",
              "belongs to `type: kubernetes/v2`, which this version does not serve",
          "default_namespace",
              "belongs to `type: kubernetes/v2`, which this version does not serve",
          "relay_server", NOT_YET);

  static final Map<String, String> DIRECTORY = Map.of("readers", NOT_YET);

  static final List<String> OUTPUT_TYPES =
      List.of(
          "identity",
          "application",
          "database",
          "ssh_host",
          "spiffe-svid",
          "kubernetes/v2",
          "kubernetes/argo-cd",
          "ssh-multiplexer",
          "application-tunnel",
          "database-tunnel",
          "application-proxy",
          "spiffe-workload-api",
          "workload-identity-x509",
          "workload-identity-jwt",
          "workload-identity-api",
          "workload-identity-aws-roles-anywhere");

  static final List<String> DESTINATION_TYPES = List.of("kubernetes_secret");

  /**
   * Join methods that Teleport names; the file may name them, this version joins by {@code token}.
   */
  static final List<String> JOIN_METHODS =
      List.of(
          "azure",
          "azure_devops",
          "bitbucket",
          "bound_keypair",
          "circleci",
          "ec2",
          "env0",
          "gcp",
          "generic_oidc",
          "github",
          "gitlab",
          "iam",
          "kubernetes",
          "oracle",
          "spacelift",
          "terraform_cloud",
          "tpm");

  private Unserved() {}
}
