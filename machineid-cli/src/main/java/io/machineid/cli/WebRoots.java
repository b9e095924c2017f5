package io.machineid.cli;

import io.machineid.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Whom the command line trusts besides the roots of the Java runtime: {@code SSL_CERT_FILE}, and
 * all files in the directories of {@code SSL_CERT_DIR}, as programs in Go do.
 */
final class WebRoots {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  private WebRoots() {}

  /** The roots that the environment names, each read when it is asked for. */
  static List<Supplier<List<X509Certificate>>> of(Map<String, String> environment) {
    List<Supplier<List<X509Certificate>>> roots = new ArrayList<>();
    String file = environment.getOrDefault("SSL_CERT_FILE", "");
    if (!file.isEmpty()) {
      roots.add(() -> named(Path.of(file)));
    }
    for (String directory : environment.getOrDefault("SSL_CERT_DIR", "").split(":", -1)) {
      if (!directory.isEmpty()) {
        roots.add(() -> inDirectory(Path.of(directory)));
      }
    }
    return roots;
  }

  /** The certificates of a file that must have some. */
  static List<X509Certificate> required(Path file, String key) {
    try {
      List<X509Certificate> found = read(file);
      if (found.isEmpty()) {
        throw new ConfigException(key + ": there is no PEM certificate in " + file, null);
      }
      return found;
    } catch (IOException e) {
      throw new ConfigException(key + ": " + file + " cannot be read: " + e, e);
    }
  }

  private static List<X509Certificate> named(Path file) {
    try {
      List<X509Certificate> found = read(file);
      if (found.isEmpty()) {
        LOG.log(Level.WARNING, "SSL_CERT_FILE: there is no PEM certificate in {0}", file);
      }
      return found;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "SSL_CERT_FILE cannot be read: {0}", e.toString());
      return List.of();
    }
  }

  /** Such directories have most certificates twice or three times: each is decoded once. */
  private static List<X509Certificate> inDirectory(Path directory) {
    Map<String, Path> blocks = new LinkedHashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          gather(file, blocks);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(Level.WARNING, "SSL_CERT_DIR cannot be read: {0}", e.toString());
    }
    return decoded(blocks);
  }

  private static void gather(Path file, Map<String, Path> blocks) {
    try {
      blocks(file).forEach(block -> blocks.putIfAbsent(block, file));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a file of SSL_CERT_DIR cannot be read: {0}", e.toString());
    }
  }

  private static List<X509Certificate> read(Path file) throws IOException {
    Map<String, Path> blocks = new LinkedHashMap<>();
    blocks(file).forEach(block -> blocks.putIfAbsent(block, file));
    return decoded(blocks);
  }

  private static List<String> blocks(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES);
    }
    return CERTIFICATE
        .matcher(new String(bytes, StandardCharsets.ISO_8859_1))
        .results()
        .map(MatchResult::group)
        .toList();
  }

  private static List<X509Certificate> decoded(Map<String, Path> blocks) {
    List<X509Certificate> found = new ArrayList<>();
    blocks.forEach(
        (block, file) -> {
          try {
            found.add(certificate(block));
          } catch (CertificateException e) {
            LOG.log(Level.DEBUG, "a certificate in {0} is left out: {1}", file, e.getMessage());
          }
        });
    return found;
  }

  private static X509Certificate certificate(String pem) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
