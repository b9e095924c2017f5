package io.machineid.join;

/** The join method {@code github}: GitHub Actions issues a token for each question. */
final class GithubJoin {

  static final String NAME = "github";

  private static final String ADVICE =
      "GitHub sets it for jobs with `permissions: {id-token: write}`";

  private GithubJoin() {}

  static IdTokenJoin of(String tokenName) {
    return IdTokenJoin.of(NAME, tokenName, GithubJoin::ask);
  }

  private static String ask(Surroundings surroundings) {
    String url = surroundings.required("ACTIONS_ID_TOKEN_REQUEST_URL", ADVICE);
    String bearer = surroundings.required("ACTIONS_ID_TOKEN_REQUEST_TOKEN", ADVICE);
    return new PlatformRequest(
            surroundings,
            "the token service of GitHub Actions",
            PlatformAddress.parse(
                surroundings,
                "ACTIONS_ID_TOKEN_REQUEST_URL",
                PlatformAddress.withParameter(url, "audience=teleport.cluster.local")))
        .confidential()
        .header("Authorization", "Bearer " + bearer)
        .header("Accept", "application/json; api-version=2.0")
        .header("Content-Type", "application/json")
        .field("value");
  }
}
