package io.machineid.kubernetes;

import io.machineid.join.AwsCredentials;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestOidcIssuer;
import io.machineid.testkit.TestPlatform;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A join method: how a bot is let in by it, and how the bot then joins. */
enum MatrixMethod {
  TOKEN("") {
    @Override
    JoinMethod join(TestCluster teleport, TestPlatform platform, String bot) {
      return JoinMethod.token(teleport.newToken(bot).token());
    }
  },
  KUBERNETES("kubernetes: {allow: [{service_account: 'default:web'}]}") {
    @Override
    JoinMethod join(TestCluster teleport, TestPlatform platform, String bot) {
      TestOidcIssuer own = teleport.ownKubernetes();
      return JoinMethod.kubernetes(bot)
          .source(() -> own.serviceAccountToken("default", "web", own.url()));
    }
  },
  GITHUB("github: {allow: [{repository: acme/web}]}") {
    @Override
    JoinMethod join(TestCluster teleport, TestPlatform platform, String bot) {
      return JoinMethod.github(bot)
          .environment(
              platform.githubActions(
                  teleport.oidcIssuer("https://token.actions.githubusercontent.com"),
                  Map.of("repository", "acme/web")));
    }
  },
  IAM("allow: [{aws_account: '111111111111'}]") {
    @Override
    JoinMethod join(TestCluster teleport, TestPlatform platform, String bot) {
      teleport.addAwsIdentity(
          "AKIAEXAMPLE",
          "very-secret",
          Optional.empty(),
          "111111111111",
          "arn:aws:iam::111111111111:user/web");
      return JoinMethod.iam(bot)
          .region("eu-central-1")
          .source(() -> AwsCredentials.of("AKIAEXAMPLE", "very-secret", Optional.empty()));
    }
  },
  BOUND_KEYPAIR("bound_keypair: {onboarding: {registration_secret: open sesame}}") {
    @Override
    JoinMethod join(TestCluster teleport, TestPlatform platform, String bot) {
      return JoinMethod.boundKeypair(bot).registrationSecret("open sesame");
    }

    @Override
    boolean isKnownTo(int version) {
      return version >= 18;
    }
  };

  private final String rules;

  MatrixMethod(String rules) {
    this.rules = rules;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isKnownTo(int version) {
    return true;
  }

  /** Creates a token resource, named like the bot. */
  void admit(TestCluster teleport, String bot) {
    if (this != TOKEN) {
      teleport.createToken(
          """
          kind: token
          version: v2
          metadata: {name: %1$s}
          spec:
            roles: [Bot]
            bot_name: %1$s
            join_method: %2$s
            %3$s
          """
              .formatted(bot, id(), rules));
    }
  }

  abstract JoinMethod join(TestCluster teleport, TestPlatform platform, String bot);
}
