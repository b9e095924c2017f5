package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IamJoinTest {

  private static final Instant NOW = Instant.parse("2015-08-30T12:36:00Z");
  private static final AwsCredentials EXAMPLE =
      AwsCredentials.of(
          "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Optional.empty());

  private static String signed(IamJoin method) {
    return new String(method.exposeSignedRequest("Q2hhbGxlbmdl", NOW), StandardCharsets.UTF_8);
  }

  /** The vectors of AWS' own test suite for Signature Version 4. */
  @Test
  void signature_isThatOfAwsOwnVectors() {
    SigV4 signer = new SigV4("us-east-1", "service", NOW);

    assertThat(
            signer.authorization(
                EXAMPLE,
                "GET",
                Map.of("Host", "example.amazonaws.com", "X-Amz-Date", "20150830T123600Z"),
                ""))
        .isEqualTo(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                + " SignedHeaders=host;x-amz-date,"
                + " Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    assertThat(
            signer.authorization(
                EXAMPLE,
                "POST",
                Map.of(
                    "Content-Type", "application/x-www-form-urlencoded",
                    "Host", "example.amazonaws.com",
                    "X-Amz-Date", "20150830T123600Z"),
                "Param1=value1"))
        .endsWith(
            "SignedHeaders=content-type;host;x-amz-date,"
                + " Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
  }

  @Test
  void request_isWhatTheClusterExpects() {
    String request =
        signed(
            JoinMethod.iam("example-token")
                .environment(
                    Map.of(
                        "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                        "AWS_SECRET_ACCESS_KEY", "very-secret",
                        "AWS_SESSION_TOKEN", "a-session",
                        "AWS_REGION", "eu-central-1")));

    assertThat(request)
        .startsWith("POST / HTTP/1.1\r\nHost: sts.eu-central-1.amazonaws.com\r\n")
        .contains(
            "\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n",
            "\r\nAccept: application/json\r\n",
            "\r\nContent-Length: 43\r\n",
            "\r\nX-Amz-Date: 20150830T123600Z\r\n",
            "\r\nX-Amz-Security-Token: a-session\r\n",
            "\r\nX-Teleport-Challenge: Q2hhbGxlbmdl\r\n",
            "Credential=AKIDEXAMPLE/20150830/eu-central-1/sts/aws4_request, SignedHeaders=accept;"
                + "content-length;content-type;host;x-amz-date;x-amz-security-token;"
                + "x-teleport-challenge, Signature=")
        .endsWith("\r\n\r\nAction=GetCallerIdentity&Version=2011-06-15")
        .doesNotContain("very-secret");
  }

  @ParameterizedTest
  @CsvSource({
    "eu-west-1, false, sts.eu-west-1.amazonaws.com, eu-west-1",
    "cn-north-1, false, sts.cn-north-1.amazonaws.com.cn, cn-north-1",
    "us-gov-west-1, true, sts.us-gov-west-1.amazonaws.com, us-gov-west-1",
    "us-west-2, true, sts-fips.us-west-2.amazonaws.com, us-west-2",
    "eu-west-1, true, sts-fips.us-east-1.amazonaws.com, us-east-1",
  })
  void endpoint_isTheRegionsOwn_orAFipsOne(
      String region, boolean fips, String host, String signedFor) {
    Map<String, String> environment = fips ? Map.of("AWS_USE_FIPS_ENDPOINT", "true") : Map.of();

    assertThat(
            signed(
                JoinMethod.iam("example-token")
                    .environment(environment)
                    .region(region)
                    .source(() -> EXAMPLE)))
        .contains("\r\nHost: " + host + "\r\n", "/" + signedFor + "/sts/aws4_request");
  }

  @Test
  void chainOfTheSdk_isUsedWhereItIsThere() {
    System.setProperty("aws.accessKeyId", "AKIAOFTHESDK");
    System.setProperty("aws.secretAccessKey", "very-secret");
    System.setProperty("aws.region", "ap-south-1");
    try {
      assertThat(signed(JoinMethod.iam("example-token").environment(Map.of())))
          .contains("Credential=AKIAOFTHESDK/20150830/ap-south-1/sts/");
    } finally {
      System.clearProperty("aws.accessKeyId");
      System.clearProperty("aws.secretAccessKey");
      System.clearProperty("aws.region");
    }
  }

  @Test
  void sdkThatIsMissing_isNamedWithItsArtifact() throws Exception {
    List<URL> withoutSdk = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("awssdk")) {
        withoutSdk.add(Path.of(entry).toUri().toURL());
      }
    }
    assertThat(withoutSdk).isNotEmpty();
    try (URLClassLoader loader =
        new URLClassLoader(withoutSdk.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Object method =
          loader
              .loadClass(JoinMethod.class.getName())
              .getMethod("iam", String.class)
              .invoke(null, "example-token");
      Class<?> type = loader.loadClass(IamJoin.class.getName());
      Object bare = type.getMethod("environment", Map.class).invoke(method, Map.of());

      assertThatThrownBy(
              () ->
                  type.getMethod("exposeSignedRequest", String.class, Instant.class)
                      .invoke(bare, "Q2hhbGxlbmdl", NOW))
          .isInstanceOf(InvocationTargetException.class)
          .rootCause()
          .hasMessageContaining("Add the artifact software.amazon.awssdk:auth");
    }
  }

  @Test
  void sourceThatFails_isTold_withoutItsMessage() {
    assertThatThrownBy(
            () ->
                signed(
                    JoinMethod.iam("example-token")
                        .source(
                            () -> {
                              throw new IllegalStateException("very-secret");
                            })))
        .isInstanceOfSatisfying(
            JoinException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EVIDENCE))
        .hasMessageContaining("its source of evidence failed")
        .message()
        .doesNotContain("very-secret");
  }

  @Test
  void challengeThatWouldBreakTheRequest_isRefused() {
    assertThatThrownBy(
            () ->
                JoinMethod.iam("example-token")
                    .source(() -> EXAMPLE)
                    .exposeSignedRequest("x\r\nHost: evil", NOW))
        .hasMessageContaining("challenge is not of the form");
  }
}
