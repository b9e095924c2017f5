package io.machineid.join;

/** The join method {@code bitbucket}: a pipeline step's OIDC token, in a variable. */
final class BitbucketJoin {

  static final String NAME = "bitbucket";

  private BitbucketJoin() {}

  static IdTokenJoin of(String tokenName) {
    return VariableJoin.of(
        NAME,
        tokenName,
        "BITBUCKET_STEP_OIDC_TOKEN",
        "Bitbucket Pipelines sets it for steps with `oidc: true`");
  }
}
