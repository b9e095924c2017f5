package io.machineid.join;

/**
 * The join method {@code azure_devops}: a pipeline's OIDC token, which Azure DevOps is asked for.
 */
final class AzureDevopsJoin {

  static final String NAME = "azure_devops";

  private AzureDevopsJoin() {}

  static IdTokenJoin of(String tokenName) {
    return IdTokenJoin.of(NAME, tokenName, AzureDevopsJoin::ask);
  }

  private static String ask(Surroundings surroundings) {
    String bearer =
        surroundings.required(
            "SYSTEM_ACCESSTOKEN",
            "Map it into the step: `env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}`");
    String address =
        surroundings.required("SYSTEM_OIDCREQUESTURI", "Azure Pipelines sets it for each job");
    return new PlatformRequest(
            surroundings,
            "the token service of Azure DevOps",
            PlatformAddress.parse(
                surroundings,
                "SYSTEM_OIDCREQUESTURI",
                PlatformAddress.withParameter(address, "api-version=7.1")))
        .confidential()
        .post()
        .header("Authorization", "Bearer " + bearer)
        .header("Content-Type", "application/json")
        .field("oidcToken");
  }
}
