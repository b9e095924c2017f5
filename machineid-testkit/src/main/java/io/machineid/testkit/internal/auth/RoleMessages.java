package io.machineid.testkit.internal.auth;

import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.Role.Conditions;
import io.machineid.wire.types.BoolValue;
import io.machineid.wire.types.ImpersonateConditions;
import io.machineid.wire.types.KubernetesResource;
import io.machineid.wire.types.Metadata;
import io.machineid.wire.types.RoleConditions;
import io.machineid.wire.types.RoleOptions;
import io.machineid.wire.types.RoleSpecV6;
import io.machineid.wire.types.RoleV6;
import io.machineid.wire.types.Rule;
import io.machineid.wire.wrappers.LabelValues;
import io.machineid.wire.wrappers.StringValues;
import java.util.List;
import java.util.Map;

/** Roles as they travel. */
final class RoleMessages {

  private static final Rule READS_AUTHORITIES =
      Rule.newBuilder().addResources("cert_authority").addVerbs("readnosecrets").build();

  private RoleMessages() {}

  static RoleV6 of(Role role) {
    RoleConditions.Builder allow = conditions(role.allow());
    if (!role.allow().impersonateRoles().isEmpty()) {
      allow.addRules(READS_AUTHORITIES);
    }
    return RoleV6.newBuilder()
        .setKind("role")
        .setVersion(role.version())
        .setMetadata(Metadata.newBuilder().setName(role.name()).setNamespace("default"))
        .setSpec(
            RoleSpecV6.newBuilder()
                .setOptions(
                    RoleOptions.newBuilder()
                        .setMaxSessionTtl(role.maxSessionTtl().toNanos())
                        .setPortForwarding(BoolValue.newBuilder().setValue(true))
                        .setCertificateFormat("standard"))
                .setAllow(allow)
                .setDeny(conditions(role.deny())))
        .build();
  }

  private static RoleConditions.Builder conditions(Conditions conditions) {
    RoleConditions.Builder builder =
        RoleConditions.newBuilder()
            .addNamespaces("default")
            .addAllKubeGroups(conditions.kubernetesGroups())
            .addAllKubeUsers(conditions.kubernetesUsers())
            .setKubernetesLabels(labels(conditions.kubernetesLabels()));
    for (Role.KubernetesResource resource : conditions.kubernetesResources()) {
      builder.addKubernetesResources(
          KubernetesResource.newBuilder()
              .setKind(resource.kind())
              .setNamespace(resource.namespace())
              .setName(resource.name())
              .addAllVerbs(resource.verbs()));
    }
    if (!conditions.impersonateRoles().isEmpty()) {
      builder.setImpersonate(
          ImpersonateConditions.newBuilder().addAllRoles(conditions.impersonateRoles()));
    }
    return builder;
  }

  private static LabelValues.Builder labels(Map<String, List<String>> labels) {
    LabelValues.Builder builder = LabelValues.newBuilder();
    labels.forEach(
        (key, values) ->
            builder.putValues(key, StringValues.newBuilder().addAllValues(values).build()));
    return builder;
  }
}
