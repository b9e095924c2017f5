package io.machineid.join;

/** Join methods whose token the platform puts into an environment variable. */
final class VariableJoin {

  private VariableJoin() {}

  /**
   * Makes the method.
   *
   * @param variable the variable
   * @param advice who sets it and when, as a sentence
   */
  static IdTokenJoin of(String method, String tokenName, String variable, String advice) {
    return IdTokenJoin.of(
        method, tokenName, surroundings -> surroundings.required(variable, advice));
  }
}
