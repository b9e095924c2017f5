package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users hear who have another transport than the one that they ask for. */
class Fabric8TransportsTest {

  @ParameterizedTest
  @CsvSource({
    "client,kubernetes-httpclient-jdk,clientOnOkHttp",
    "clientOnOkHttp,kubernetes-httpclient-okhttp,Fabric8.client"
  })
  void client_withoutItsTransport_saysWhatToAdd(String method, String artifact, String other)
      throws Exception {
    try (URLClassLoader loader = without("kubernetes-httpclient-")) {
      Throwable refusal = refusal(loader, method);

      assertThat(refusal.getClass().getSimpleName()).isEqualTo("ConfigException");
      assertThat(refusal)
          .hasMessageContaining("io.fabric8:" + artifact)
          .hasMessageContaining(other);
    }
  }

  @Test
  void client_withVertxOnly_namesIt(@TempDir Path classes) throws Exception {
    Path source = classes.resolve("VertxHttpClientFactory.java");
    Files.writeString(
        source, "package io.fabric8.kubernetes.client.vertx; class VertxHttpClientFactory {}");
    ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", classes.toString(), source.toString());
    try (URLClassLoader loader = without("kubernetes-httpclient-", classes.toUri().toURL())) {
      assertThat(refusal(loader, "client"))
          .hasMessageContaining("kubernetes-httpclient-vertx is, but")
          .hasMessageContaining("io.fabric8:kubernetes-httpclient-jdk");
    }
  }

  private static Throwable refusal(ClassLoader loader, String method) throws Exception {
    Class<?> entrance = loader.loadClass(Fabric8.class.getName());
    Class<?> access = loader.loadClass(KubernetesAccess.class.getName());
    Throwable failure =
        catchThrowable(() -> entrance.getMethod(method, access).invoke(null, (Object) null));
    assertThat(failure).isInstanceOf(InvocationTargetException.class);
    return failure.getCause();
  }

  /** A loader of this class path but for some jars, and with something more. */
  private static URLClassLoader without(String jars, URL... more) {
    Stream<URL> rest =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains(jars))
            .map(Fabric8TransportsTest::url);
    return new URLClassLoader(
        Stream.concat(rest, Stream.of(more)).toArray(URL[]::new),
        ClassLoader.getPlatformClassLoader());
  }

  private static URL url(String entry) {
    try {
      return new File(entry).toURI().toURL();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
