package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import java.util.List;

/** Reads one entry of {@code outputs}. */
final class OutputReader {

  private static final String KUBERNETES = "kubernetes";
  private static final List<String> KUBERNETES_KEYS =
      List.of("type", "kubernetes_cluster", "roles", "disable_exec_plugin", "destination");

  private final Section section;

  OutputReader(Section section) {
    this.section = section;
  }

  OutputConfig read() {
    String type = section.required("type", "`type: kubernetes`");
    if (Unserved.OUTPUT_TYPES.contains(type)) {
      throw section
          .mark("type")
          .error(
              "output type `"
                  + type
                  + "` is not served by this version of machineid; it serves: "
                  + KUBERNETES);
    }
    section.choice("type", "", List.of(KUBERNETES));
    section.allow(KUBERNETES_KEYS, Unserved.KUBERNETES_OUTPUT);
    return kubernetes();
  }

  private OutputConfig kubernetes() {
    String cluster =
        section.required("kubernetes_cluster", "`kubernetes_cluster: example-k8s-cluster`");
    boolean disableExecPlugin = section.bool("disable_exec_plugin", false);
    DestinationConfig destination =
        section
            .section("destination")
            .map(inner -> new DestinationReader(inner).read())
            .orElseThrow(
                () ->
                    section
                        .mark("destination")
                        .error(
                            "`"
                                + section.name("destination")
                                + "` is missing; it holds `type` and `path`"));
    if (!disableExecPlugin && !(destination instanceof Directory)) {
      throw section
          .mark("destination")
          .error(
              "`"
                  + section.path()
                  + "` needs a directory, where the exec plugin finds its files; or set"
                  + " `disable_exec_plugin: true`");
    }
    return new OutputConfig.Kubernetes(
        cluster, section.strings("roles"), disableExecPlugin, destination);
  }
}
