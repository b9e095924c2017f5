package io.machineid.join;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * AWS Signature Version 4, for requests to the path {@code /} without a query.
 *
 * @param region the region of the service
 * @param service what AWS calls it
 * @param time when the request is made
 */
record SigV4(String region, String service, Instant time) {

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuuMMdd").withZone(ZoneOffset.UTC);

  /** The time as the header {@code X-Amz-Date} has it; that header is to be signed, too. */
  String stamp() {
    return STAMP.format(time);
  }

  /** The value of the header {@code Authorization}. All headers given are signed. */
  String authorization(
      AwsCredentials credentials, String method, Map<String, String> headers, String body) {
    SortedMap<String, String> signed = new TreeMap<>();
    headers.forEach(
        (name, value) ->
            signed.put(name.toLowerCase(Locale.ROOT), value.strip().replaceAll(" +", " ")));
    String names = String.join(";", signed.keySet());
    StringBuilder canonical = new StringBuilder(method).append("\n/\n\n");
    signed.forEach((name, value) -> canonical.append(name).append(':').append(value).append('\n'));
    canonical.append('\n').append(names).append('\n').append(sha256(body));
    String scope = DAY.format(time) + "/" + region + "/" + service + "/aws4_request";
    String toSign = ALGORITHM + "\n" + stamp() + "\n" + scope + "\n" + sha256(canonical.toString());
    return "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
        .formatted(
            ALGORITHM,
            credentials.accessKeyId(),
            scope,
            names,
            HexFormat.of().formatHex(hmac(signingKey(credentials), toSign)));
  }

  private byte[] signingKey(AwsCredentials credentials) {
    byte[] secret = ("AWS4" + credentials.exposeSecretAccessKey()).getBytes(StandardCharsets.UTF_8);
    return hmac(hmac(hmac(hmac(secret, DAY.format(time)), region), service), "aws4_request");
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no HMAC with SHA-256", e);
    }
  }

  private static String sha256(String text) {
    return HexFormat.of().formatHex(Sha256.digest(text));
  }
}
