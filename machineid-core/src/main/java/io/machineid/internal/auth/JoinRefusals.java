package io.machineid.internal.auth;

import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.AuthChannels;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a cluster's refusals of a join mean: the one place that reads its words for them. */
final class JoinRefusals {

  /** What evidence is refused with, also under the status of an internal error. */
  private static final List<String> EVIDENCE_REFUSED =
      List.of(
          "reviewing kubernetes token",
          "oidc: ",
          "validating jwt",
          "parsing jwt",
          "id token",
          "token not before in future");

  /** The cluster could not ask somebody else about it: that says nothing of the evidence. */
  private static final List<String> CLUSTERS_OWN_TROUBLE =
      List.of("failed to initialize", "openid-configuration", "dial tcp", "no such host");

  private static final String RULES =
      "Compare the `allow` rules of the token resource with what the evidence says";

  private static final String TPM_MAKER =
      "Compare spec.tpm.ekcert_allowed_cas of the token resource with the maker of the TPM";

  private static final String TPM_ITSELF =
      "Check spec.tpm of the token resource, and that the TPM is the machine's own";

  private JoinRefusals() {}

  /** Whether a refusal is about a TPM or the rules for it, and not about how we join. */
  static boolean isOfTpm(JoinException refusal) {
    String message = String.valueOf(refusal.getMessage());
    return refusal.reason() == Reason.JOIN_DENIED
        && Stream.of(RULES, TPM_MAKER, TPM_ITSELF).anyMatch(message::contains);
  }

  /** Whether an error that the cluster calls internal is about what we sent. */
  static boolean isOfEvidence(String said) {
    return EVIDENCE_REFUSED.stream().anyMatch(said::contains)
        && CLUSTERS_OWN_TROUBLE.stream().noneMatch(said::contains);
  }

  /** The error for a refusal. */
  static JoinException denied(
      JoinOrder order, String call, String said, @Nullable Throwable cause) {
    if (order.asBot() && said.equals("access denied")) {
      return new JoinException(
          Reason.LOCKED,
          false,
          "%s: access denied without a reason: most likely the bot is locked. An administrator sees locks with `tctl get locks`"
              .formatted(call),
          cause);
    }
    if (said.contains("client version") && said.contains("minimum")) {
      return new JoinException(
          Reason.NOT_TELEPORT,
          false,
          "%s: the cluster refused: %s. This version of machineid speaks the protocol of %s. Use a newer machineid"
              .formatted(call, said, AuthChannels.TELEPORT_VERSION),
          cause);
    }
    Optional<KeypairRefusals.Meaning> ofKeypair = KeypairRefusals.of(order, said);
    String shown = order.idToken().map(IdTokenClaims::describe).orElse("");
    return new JoinException(
        ofKeypair.map(KeypairRefusals.Meaning::reason).orElse(Reason.JOIN_DENIED),
        false,
        "%s: the cluster refused: %s. %s%s"
            .formatted(
                call,
                said,
                ofKeypair.map(KeypairRefusals.Meaning::advice).orElseGet(() -> advice(order, said)),
                shown.isEmpty() ? "" : ". " + shown),
        cause);
  }

  private static String advice(JoinOrder order, String said) {
    if (said.contains("already been issued")) {
      return "A bot joins by token once in its life: keep its storage, or delete the bot and make it again";
    }
    if (said.contains("expired or not found")) {
      return order.usesTokenUp()
          ? "A token works once and for a limited time: make a new one (`tctl bots add`) and check for typing errors"
          : "There is no token resource of the configured name (`tctl get tokens`)";
    }
    if (said.contains("comparison failed")) {
      return "Another process joined as this bot at the same time: let one process alone use a token";
    }
    if (said.contains("generation mismatch")) {
      return "The bot has joined by another method before, and the cluster has locked it now: keep one method for each bot. Remove the lock (`tctl get locks`, `tctl rm lock/…`), and delete and recreate the bot";
    }
    if (said.contains("only valid for the")
        || said.contains("does not support the")
        || said.contains("but token only supports")
        || said.contains("not provided for")) {
      return "Set join_method to the method of the token resource; this bot used `%s`"
          .formatted(order.method());
    }
    return order.usesTokenUp()
        ? "Check the token and that it was made for this bot"
        : ofEvidence(order, said);
  }

  private static String ofAws(String said) {
    return said.contains("STS host")
        ? "The cluster takes requests for AWS' own endpoints of regions that it knows, and in FIPS mode for FIPS endpoints only: set AWS_REGION, or AWS_USE_FIPS_ENDPOINT"
        : "Check the credentials (`aws sts get-caller-identity`), the clock of this machine, and the token resource";
  }

  private static String ofTpm(String said) {
    return said.contains("EK certificate") || said.contains("EKCert") || said.contains("x509")
        ? TPM_MAKER
        : TPM_ITSELF;
  }

  private static String ofEvidence(JoinOrder order, String said) {
    if (said.contains("did not match any allow rules")) {
      return RULES;
    }
    if (order.method().equals("azure")) {
      return "Check that the managed identity may read its machine (Microsoft.Compute/virtualMachines/read), and the subscription and resource group in the token resource";
    }
    if (order.method().equals("iam")) {
      return ofAws(said);
    }
    if (order.method().equals("oracle")) {
      return "Check that this is a compute instance of Oracle Cloud, the clock of the cluster, by which the requests are dated, and the token resource";
    }
    if (order.method().equals("tpm") && !said.contains("Enterprise")) {
      return ofTpm(said);
    }
    if (said.contains("audience")) {
      return "Have the platform issue the ID token for the audience that the cluster expects";
    }
    if (said.contains("expired")) {
      return "The evidence was too old when it arrived: have a fresh one issued for each join, and check the clocks";
    }
    if (said.contains("not valid yet") || said.contains("not before")) {
      return "The clocks of the platform and of the cluster differ: set them";
    }
    if (said.contains("pod bound") || said.contains("TTL of less")) {
      return "Mount a projected service account token with expirationSeconds of at most 1800";
    }
    if (said.contains("Enterprise")) {
      return "An administrator has to choose another join method, or another edition";
    }
    return "Check the token resource that an administrator made for the method `%s`"
        .formatted(order.method());
  }
}
