package io.machineid.join;

/** The join method {@code circleci}: a job's OIDC token, in a variable. */
final class CircleciJoin {

  static final String NAME = "circleci";

  private CircleciJoin() {}

  static IdTokenJoin of(String tokenName) {
    return VariableJoin.of(
        NAME,
        tokenName,
        "CIRCLE_OIDC_TOKEN",
        "CircleCI sets it for jobs that use at least one context");
  }
}
