package io.machineid.join;

/** The join method {@code spacelift}: a run's OIDC token, in a variable. */
final class SpaceliftJoin {

  static final String NAME = "spacelift";

  private SpaceliftJoin() {}

  static IdTokenJoin of(String tokenName) {
    return VariableJoin.of(
        NAME,
        tokenName,
        "SPACELIFT_OIDC_TOKEN",
        "Spacelift sets it for each run of a paid account");
  }
}
