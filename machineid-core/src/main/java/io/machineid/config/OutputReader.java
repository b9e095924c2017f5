package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.OutputConfig.ArgoCd;
import io.machineid.config.OutputConfig.Identity;
import io.machineid.config.OutputConfig.Kubernetes;
import io.machineid.config.OutputConfig.KubernetesV2;
import java.util.List;
import java.util.Optional;

/** Reads one entry of {@code services} or {@code outputs}. */
final class OutputReader {

  private final Section section;

  OutputReader(Section section) {
    this.section = section;
  }

  OutputConfig read() {
    String type = section.required("type", "`type: kubernetes`");
    Unserved.refuseOutput(section, type);
    section.choice("type", "", OutputKeys.TYPES);
    section.allow(OutputKeys.of(type), OutputKeys.ofOthers(type));
    Optional<String> name = new ServiceNames(section).read();
    Optional<CredentialLifetime> lifetime = new LifetimeReader(section).ofOutput();
    return switch (type) {
      case OutputKeys.KUBERNETES -> kubernetes(name, lifetime);
      case OutputKeys.KUBERNETES_V2 -> kubernetesV2(name, lifetime);
      case OutputKeys.ARGO_CD -> argoCd(name, lifetime);
      default -> identity(name, lifetime);
    };
  }

  private OutputConfig kubernetes(Optional<String> name, Optional<CredentialLifetime> lifetime) {
    String cluster =
        section.required("kubernetes_cluster", "`kubernetes_cluster: example-k8s-cluster`");
    if (cluster.isBlank()) {
      throw section.error("kubernetes_cluster", "is blank");
    }
    boolean disableExecPlugin = section.bool("disable_exec_plugin", false);
    DestinationConfig destination = destination();
    if (!disableExecPlugin && !(destination instanceof Directory)) {
      throw section
          .mark("destination")
          .error(
              "`"
                  + section.path()
                  + "` needs a directory, where the exec plugin finds its files; or set"
                  + " `disable_exec_plugin: true`");
    }
    return new Kubernetes(
        name, cluster, section.strings("roles"), disableExecPlugin, destination, lifetime);
  }

  private OutputConfig kubernetesV2(Optional<String> name, Optional<CredentialLifetime> lifetime) {
    return new KubernetesV2(
        name,
        new SelectorReader(section).read(),
        section.bool("disable_exec_plugin", false),
        template("context_name_template"),
        section.string("relay_server").map(text -> Addresses.check(section, "relay_server", text)),
        destination(),
        lifetime);
  }

  private OutputConfig identity(Optional<String> name, Optional<CredentialLifetime> lifetime) {
    return new Identity(
        name,
        section.string("cluster"),
        section.strings("roles"),
        section.bool("ssh_config", true),
        section.bool("allow_reissue", false),
        destination(),
        lifetime);
  }

  private OutputConfig argoCd(Optional<String> name, Optional<CredentialLifetime> lifetime) {
    String prefix = section.string("secret_name_prefix").orElse(ArgoCd.DEFAULT_SECRET_NAME_PREFIX);
    return new ArgoCd(
        name,
        new SelectorReader(section).read(),
        KubernetesNames.namespace(section, "secret_namespace"),
        KubernetesNames.object(section, "secret_name_prefix", prefix),
        KubernetesNames.labels(section, "secret_labels"),
        KubernetesNames.annotations(section, "secret_annotations"),
        section.string("project"),
        namespaces(),
        section.bool("cluster_resources", false),
        template("cluster_name_template"),
        lifetime);
  }

  private List<String> namespaces() {
    List<String> namespaces = section.strings("namespaces");
    for (int i = 0; i < namespaces.size(); i++) {
      if (!KubernetesNames.isNamespace(namespaces.get(i))) {
        throw section
            .items("namespaces")
            .get(i)
            .mark()
            .error(
                "`"
                    + section.name("namespaces")
                    + "["
                    + i
                    + "]` must be a namespace's name: small letters, digits and `-`, is `"
                    + Values.printable(namespaces.get(i))
                    + "`");
      }
    }
    return namespaces;
  }

  private DestinationConfig destination() {
    return section
        .section("destination")
        .map(inner -> new DestinationReader(inner).read())
        .orElseThrow(() -> section.error("destination", "is missing; it holds `type` and `path`"));
  }

  private NameTemplate template(String key) {
    Optional<String> text = section.string(key);
    try {
      return text.map(NameTemplate::of).orElse(NameTemplate.DEFAULT);
    } catch (IllegalArgumentException e) {
      throw section.error(key, "is no template that is served: " + e.getMessage());
    }
  }
}
