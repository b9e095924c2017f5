package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testkit.internal.join.AwsIdentities.AwsIdentity;
import io.machineid.testkit.internal.pki.Sha256;
import io.machineid.testkit.internal.state.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The method {@code iam}: looks at a signed request as the cluster does, and then at its signature
 * as AWS would.
 */
final class IamEvidence {

  private static final Pattern HOST =
      Pattern.compile("sts(?:-fips)?\\.([a-z]{2}(?:-[a-z]+)+-\\d)\\.amazonaws\\.com(?:\\.cn)?");
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([a-z0-9-]+)/sts/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})");
  private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";
  private static final String CHALLENGE = "x-teleport-challenge";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");
  private static final Duration SKEW = Duration.ofMinutes(15);

  private final AwsIdentities identities;
  private final InstantSource clock;

  IamEvidence(AwsIdentities identities, InstantSource clock) {
    this.identities = identities;
    this.clock = clock;
  }

  void check(ProvisionToken token, String challenge, byte[] signedRequest) {
    RawRequest request = RawRequest.parse(signedRequest);
    Matcher authorization = AUTHORIZATION.matcher(request.header("authorization").orElse(""));
    checkForm(request, authorization, challenge);
    AwsIdentity identity = identify(request, authorization);
    for (JsonNode rule : token.rules()) {
      if (matches(rule, identity)) {
        return;
      }
    }
    throw Refusal.denied(
        "instance %s did not match any allow rules in token %s"
            .formatted(identity.arn(), token.name()));
  }

  private static boolean matches(JsonNode rule, AwsIdentity identity) {
    boolean account =
        !rule.has("aws_account") || rule.path("aws_account").asText().equals(identity.account());
    boolean arn =
        !rule.has("aws_arn") || ClaimMatch.glob(rule.path("aws_arn").asText(), identity.arn());
    return account && arn;
  }

  private static void checkForm(RawRequest request, Matcher authorization, String challenge) {
    String host = request.header("host").orElse("");
    if (!HOST.matcher(host).matches()) {
      throw Refusal.denied(
          ("IAM join request uses unknown STS host \"%s\". This could mean that the Teleport Node attempting to"
                  + " join the cluster is running in a new AWS region which is unknown to this Teleport auth server.")
              .formatted(host));
    }
    if (!request.method().equals("POST")) {
      throw Refusal.denied(
          "sts identity request method \"%s\" does not match expected method \"POST\""
              .formatted(request.method()));
    }
    if (!request.path().equals("/") || !request.body().equals(BODY)) {
      throw Refusal.denied("sts identity request is not one for the caller's identity");
    }
    if (!authorization.matches()) {
      throw Refusal.denied("sts identity request is not signed");
    }
    boolean signed = List.of(authorization.group(4).split(";", -1)).contains(CHALLENGE);
    if (!signed || !request.header(CHALLENGE).orElse("").equals(challenge)) {
      throw Refusal.denied(
          "sts identity request does not include challenge header or it does not match");
    }
  }

  /** What AWS does when the request is sent on to it. */
  private AwsIdentity identify(RawRequest request, Matcher authorization) {
    AwsIdentity identity =
        identities
            .ofKey(authorization.group(1))
            .orElseThrow(
                () ->
                    aws(
                        "InvalidClientTokenId",
                        "The security token included in the request is invalid."));
    String stamp = request.header("x-amz-date").orElse("");
    checkTime(stamp);
    String host = request.header("host").orElse("");
    String scope =
        "%s/%s/sts/aws4_request".formatted(authorization.group(2), authorization.group(3));
    boolean good =
        host.contains("." + authorization.group(3) + ".")
            && stamp.startsWith(authorization.group(2))
            && request.header("x-amz-security-token").equals(identity.sessionToken())
            && MessageDigest.isEqual(
                HexFormat.of().parseHex(authorization.group(5)),
                signature(request, authorization, stamp, scope, identity.secretAccessKey()));
    if (!good) {
      throw aws(
          "SignatureDoesNotMatch",
          "The request signature we calculated does not match the signature you provided.");
    }
    return identity;
  }

  private void checkTime(String stamp) {
    Instant time;
    try {
      time = LocalDateTime.parse(stamp, STAMP).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw aws("IncompleteSignature", "Date must be in ISO-8601 'basic format'.");
    }
    if (Duration.between(time, clock.instant()).abs().compareTo(SKEW) > 0) {
      throw aws("SignatureDoesNotMatch", "Signature expired: " + stamp);
    }
  }

  private static Refusal aws(String code, String message) {
    return Refusal.denied(
        "aws sts api returned status: \"403 Forbidden\" body: {\"Error\":{\"Code\":\"%s\",\"Message\":\"%s\"}}"
            .formatted(code, message));
  }

  private static byte[] signature(
      RawRequest request, Matcher authorization, String stamp, String scope, String secret) {
    String[] names = authorization.group(4).split(";", -1);
    Arrays.sort(names);
    StringBuilder canonical = new StringBuilder(request.method()).append("\n/\n\n");
    for (String name : names) {
      canonical.append(name).append(':').append(request.header(name).orElse("")).append('\n');
    }
    canonical.append('\n').append(String.join(";", names)).append('\n');
    canonical.append(HexFormat.of().formatHex(Sha256.digest(request.body())));
    String text =
        "AWS4-HMAC-SHA256\n%s\n%s\n%s"
            .formatted(stamp, scope, HexFormat.of().formatHex(Sha256.digest(canonical.toString())));
    byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return hmac(key, text);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no HMAC", e);
    }
  }
}
