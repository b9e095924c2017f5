package io.machineid.testkit.internal.join;

import java.util.Map;

/** The platforms that came with Teleport 17 and 18. */
final class LaterPlatforms {

  private LaterPlatforms() {}

  static PlatformRules terraformCloud() {
    return new PlatformRules(
        "terraform_cloud",
        section -> "https://" + section.path("hostname").asText("app.terraform.io"),
        (section, cluster) -> section.path("audience").asText(cluster),
        Map.of(
            "organization_id", ClaimMatch.exactly("terraform_organization_id"),
            "organization_name", ClaimMatch.exactly("terraform_organization_name"),
            "project_id", ClaimMatch.exactly("terraform_project_id"),
            "project_name", ClaimMatch.exactly("terraform_project_name"),
            "workspace_id", ClaimMatch.exactly("terraform_workspace_id"),
            "workspace_name", ClaimMatch.exactly("terraform_workspace_name"),
            "run_phase", ClaimMatch.exactly("terraform_run_phase")));
  }

  static PlatformRules azureDevops() {
    return new PlatformRules(
        "azure_devops",
        section -> "https://vstoken.dev.azure.com/" + section.path("organization_id").asText(),
        (section, cluster) -> "api://AzureADTokenExchange",
        Map.of(
            "sub", ClaimMatch.exactly("sub"),
            "project_id", ClaimMatch.exactly("prj_id"),
            "definition_id", ClaimMatch.exactly("def_id"),
            "repository_uri", ClaimMatch.exactly("rpo_uri"),
            "repository_version", ClaimMatch.exactly("rpo_ver"),
            "repository_ref", ClaimMatch.exactly("rpo_ref"),
            "project_name", ClaimMatch.pathOfSubject(1),
            "pipeline_name", ClaimMatch.pathOfSubject(2)));
  }

  static PlatformRules bitbucket() {
    return new PlatformRules(
        "bitbucket",
        section -> section.path("identity_provider_url").asText(),
        (section, cluster) -> section.path("audience").asText(),
        Map.of(
            "workspace_uuid", ClaimMatch.exactly("workspaceUuid"),
            "repository_uuid", ClaimMatch.exactly("repositoryUuid"),
            "deployment_environment_uuid", ClaimMatch.exactly("deploymentEnvironmentUuid"),
            "branch_name", ClaimMatch.exactly("branchName")));
  }

  static PlatformRules env0() {
    return new PlatformRules(
        "env0",
        section -> "https://login.app.env0.com/",
        (section, cluster) -> "https://prod.env0.com",
        Map.of(
            "organization_id", ClaimMatch.exactly("organizationId"),
            "project_id", ClaimMatch.exactly("projectId"),
            "project_name", ClaimMatch.exactly("projectName"),
            "template_id", ClaimMatch.exactly("templateId"),
            "template_name", ClaimMatch.exactly("templateName"),
            "environment_id", ClaimMatch.exactly("environmentId"),
            "environment_name", ClaimMatch.exactly("environmentName"),
            "workspace_name", ClaimMatch.exactly("workspaceName"),
            "deployment_type", ClaimMatch.exactly("deploymentType"),
            "deployer_email", ClaimMatch.exactly("deployerEmail")));
  }
}
