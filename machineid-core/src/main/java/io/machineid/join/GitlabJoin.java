package io.machineid.join;

/** The join method {@code gitlab}: a job's {@code id_tokens} entry, in a variable. */
final class GitlabJoin {

  static final String NAME = "gitlab";
  static final String DEFAULT_VARIABLE = "TBOT_GITLAB_JWT";

  private GitlabJoin() {}

  static IdTokenJoin of(String tokenName, String variable) {
    return VariableJoin.of(
        NAME,
        tokenName,
        variable,
        "Give the job `id_tokens: {%s: {aud: CLUSTER}}` with the name of the Teleport cluster"
            .formatted(variable));
  }
}
