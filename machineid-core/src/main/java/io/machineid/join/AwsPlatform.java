package io.machineid.join;

import io.machineid.JoinException;
import java.util.Optional;

/** AWS as a bot finds it: variables first, as in AWS' own chain, then the chain of its SDK. */
final class AwsPlatform {

  private static final String DEFAULT_REGION = "us-east-1";
  private static final String ARTIFACT = "software.amazon.awssdk:auth";

  private AwsPlatform() {}

  static AwsCredentials credentials(Surroundings surroundings) {
    Optional<String> id = surroundings.variable("AWS_ACCESS_KEY_ID");
    Optional<String> secret = surroundings.variable("AWS_SECRET_ACCESS_KEY");
    if (id.isPresent() && secret.isPresent()) {
      return AwsCredentials.of(id.get(), secret.get(), surroundings.variable("AWS_SESSION_TOKEN"));
    }
    try {
      return AwsSdk.credentials();
    } catch (NoClassDefFoundError e) {
      throw lackingSdk();
    }
  }

  private static JoinException lackingSdk() {
    return Evidence.lasting(
        IamJoin.NAME,
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and profiles, web identities, containers and instances are looked into by the AWS SDK, which is not on the class path. Add the artifact %s (and %s:sso and :sts for profiles that use these), or give IamJoin a source of credentials"
            .formatted(ARTIFACT, "software.amazon.awssdk"));
  }

  /** Where there is neither a variable nor the SDK, any region will do. */
  static String region(Surroundings surroundings) {
    return surroundings
        .variable("AWS_REGION")
        .or(() -> surroundings.variable("AWS_DEFAULT_REGION"))
        .orElseGet(AwsPlatform::regionOfSdk);
  }

  private static String regionOfSdk() {
    try {
      return AwsSdk.region().orElse(DEFAULT_REGION);
    } catch (NoClassDefFoundError e) {
      return DEFAULT_REGION;
    }
  }
}
