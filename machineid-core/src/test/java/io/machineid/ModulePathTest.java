package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.TestCluster;
import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A service on the module path has all that it needs, though it names no module but ours. */
class ModulePathTest {

  @Test
  void bot_onTheModulePath_joins() throws Exception {
    ClassLoader modules = modules("io.machineid.core");
    Class<?> joinMethod = modules.loadClass("io.machineid.join.JoinMethod");
    Class<?> bot = modules.loadClass("io.machineid.Bot");

    try (TestCluster teleport = TestCluster.start()) {
      teleport.createFullAccessRole("example-role");
      String token = teleport.addBot("modular", "example-role").token();
      Object builder = bot.getMethod("builder").invoke(null);
      Class<?> type = builder.getClass();
      type.getMethod("proxy", String.class).invoke(builder, teleport.proxyAddress());
      type.getMethod("webRoots", Collection.class)
          .invoke(builder, List.of(teleport.webAuthority()));
      type.getMethod("join", joinMethod)
          .invoke(builder, joinMethod.getMethod("token", String.class).invoke(null, token));
      try (AutoCloseable started =
          (AutoCloseable)
              type.getMethod("start", Duration.class).invoke(builder, Duration.ofSeconds(60))) {
        Object clusters =
            bot.getMethod("kubernetesClusters", List.class).invoke(started, List.of());

        assertThat(bot.getModule().getName()).isEqualTo("io.machineid.core");
        assertThat((List<?>) clusters).isEmpty();
      }
    }
  }

  private static ClassLoader modules(String root) {
    Configuration resolved =
        ModuleLayer.boot()
            .configuration()
            .resolve(ModuleFinder.of(path()), ModuleFinder.of(), Set.of(root));
    return ModuleLayer.boot()
        .defineModulesWithOneLoader(resolved, ClassLoader.getPlatformClassLoader())
        .findLoader(root);
  }

  /** What this test runs with, in its order; other than classes of tests. */
  private static Path[] path() {
    return Stream.of("jdk.module.path", "java.class.path")
        .flatMap(
            property -> Arrays.stream(System.getProperty(property, "").split(File.pathSeparator)))
        .map(Path::of)
        .filter(entry -> !entry.endsWith("test-classes") && Files.exists(entry))
        .toArray(Path[]::new);
  }
}
