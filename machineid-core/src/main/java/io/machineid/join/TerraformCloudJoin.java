package io.machineid.join;

import java.util.Locale;
import java.util.Optional;

/** The join method {@code terraform_cloud}: a run's workload identity token, in a variable. */
final class TerraformCloudJoin {

  static final String NAME = "terraform_cloud";

  private TerraformCloudJoin() {}

  static IdTokenJoin of(String tokenName, Optional<String> audienceTag) {
    String suffix = audienceTag.map(tag -> "_" + tag.toUpperCase(Locale.ROOT)).orElse("");
    return VariableJoin.of(
        NAME,
        tokenName,
        "TFC_WORKLOAD_IDENTITY_TOKEN" + suffix,
        "HCP Terraform sets it for workspaces that have the variable TFC_WORKLOAD_IDENTITY_AUDIENCE"
            + suffix
            + ", whose value is the audience");
  }
}
