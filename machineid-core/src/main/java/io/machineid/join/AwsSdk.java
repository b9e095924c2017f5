package io.machineid.join;

import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** What the AWS SDK finds. Loaded only where it is asked; the SDK need not be there. */
final class AwsSdk {

  private AwsSdk() {}

  /**
   * The default chain: system properties, variables, web identity, profile, container, instance.
   *
   * @throws io.machineid.JoinException when it finds nothing
   * @throws NoClassDefFoundError where there is no SDK
   */
  static AwsCredentials credentials() {
    try (DefaultCredentialsProvider chain = DefaultCredentialsProvider.builder().build()) {
      software.amazon.awssdk.auth.credentials.AwsCredentials found = chain.resolveCredentials();
      Optional<String> session =
          found instanceof AwsSessionCredentials temporary
              ? Optional.of(temporary.sessionToken())
              : Optional.empty();
      return AwsCredentials.of(found.accessKeyId(), found.secretAccessKey(), session);
    } catch (SdkClientException e) {
      throw Evidence.passing(
          IamJoin.NAME,
          "the AWS SDK finds no credentials: neither variables, nor a profile, nor a role of this machine. Give the machine, the pod or the function a role",
          e);
    }
  }

  /** The region of variables, profile or instance; empty where none of them has one. */
  static Optional<String> region() {
    try {
      return Optional.of(new DefaultAwsRegionProviderChain().getRegion().id());
    } catch (SdkClientException e) {
      return Optional.empty();
    }
  }
}
