package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.config.CredentialLifetime;
import io.machineid.config.NameTemplate;
import io.machineid.config.OutputConfig;
import io.machineid.kubernetes.ArgoCdSecrets;
import io.machineid.kubernetes.FleetOutput;
import io.machineid.kubernetes.KubernetesFleet;
import java.util.Optional;

/** {@code type: kubernetes/argo-cd}. */
final class ArgoCdWriter extends FleetWriter {

  private final ArgoCdSecrets secrets;

  ArgoCdWriter(OutputConfig.ArgoCd config, CredentialLifetime general, ArgoCdSecrets secrets) {
    super(
        new Clusters(config.selectors(), NameTemplate.DEFAULT, config.lifetime(), Optional.empty()),
        general);
    this.secrets = secrets;
  }

  @Override
  public String describe() {
    return secrets.describe();
  }

  @Override
  public void prepare() {
    secrets.prepare();
  }

  @Override
  Writing writing(Bot bot, KubernetesFleet fleet, FleetOutput output) {
    return () -> secrets.write(bot, fleet) > 0;
  }
}
