package io.machineid.join;

/** The join method {@code env0}: a deployment's OIDC token, in a variable. */
final class Env0Join {

  static final String NAME = "env0";

  private Env0Join() {}

  static IdTokenJoin of(String tokenName) {
    return VariableJoin.of(
        NAME,
        tokenName,
        "ENV0_OIDC_TOKEN",
        "env0 sets it for deployments of organizations that have OIDC enabled");
  }
}
