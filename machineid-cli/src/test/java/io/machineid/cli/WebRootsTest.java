package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConfigException;
import io.machineid.testkit.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebRootsTest {

  private static X509Certificate root;
  private static String pem;

  @TempDir Path dir;

  @BeforeAll
  static void makeRoot() {
    try (TestCluster cluster = TestCluster.start()) {
      root = cluster.webAuthority();
      pem = cluster.webAuthorityPem();
    }
  }

  @Test
  void of_nothingSet_leavesTheRuntimesOwn() {
    assertThat(WebRoots.of(Map.of())).isEmpty();
    assertThat(WebRoots.of(Map.of("SSL_CERT_FILE", "", "SSL_CERT_DIR", ""))).isEmpty();
  }

  @Test
  void of_file_hasItsCertificates() throws Exception {
    Path file = Files.writeString(dir.resolve("roots.pem"), "a comment\n" + pem + "junk");

    assertThat(read(Map.of("SSL_CERT_FILE", file.toString()))).containsExactly(root);
    assertThat(WebRoots.of(Map.of("SSL_CERT_DIR", "/none"))).isNotEmpty();
  }

  @Test
  void of_directories_areReadWithAllTheirFiles() throws Exception {
    Path one = Files.createDirectory(dir.resolve("one"));
    Path two = Files.createDirectory(dir.resolve("two"));
    Files.writeString(one.resolve("README"), "no certificate");
    Files.writeString(
        one.resolve("bad.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    Files.writeString(two.resolve("root.pem"), pem);
    Files.createSymbolicLink(two.resolve("0123abcd.0"), Path.of("root.pem"));

    String directories = one + ":" + dir.resolve("none") + ":" + two;

    assertThat(read(Map.of("SSL_CERT_DIR", directories))).containsExactly(root);
  }

  private static List<X509Certificate> read(Map<String, String> environment) {
    return WebRoots.of(environment).stream().map(Supplier::get).flatMap(List::stream).toList();
  }

  @Test
  void required_fileWithoutCertificate_isRefused() throws Exception {
    Path file = Files.writeString(dir.resolve("empty.pem"), "");

    assertThatThrownBy(() -> WebRoots.required(file, "onboarding.ca_path"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("onboarding.ca_path: there is no PEM certificate in " + file);
    assertThatThrownBy(() -> WebRoots.required(dir.resolve("none"), "onboarding.ca_path"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot be read");
  }
}
