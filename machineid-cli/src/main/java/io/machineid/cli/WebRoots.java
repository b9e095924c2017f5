package io.machineid.cli;

import io.machineid.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

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

  /** All roots, or empty when the environment names none: then the runtime's own will do. */
  static Optional<List<X509Certificate>> of(Map<String, String> environment) {
    String file = environment.getOrDefault("SSL_CERT_FILE", "");
    String directories = environment.getOrDefault("SSL_CERT_DIR", "");
    if (file.isEmpty() && directories.isEmpty()) {
      return Optional.empty();
    }
    List<X509Certificate> roots = new ArrayList<>();
    if (!file.isEmpty()) {
      roots.addAll(named(Path.of(file)));
    }
    for (String directory : directories.split(":", -1)) {
      if (!directory.isEmpty()) {
        roots.addAll(inDirectory(Path.of(directory)));
      }
    }
    roots.addAll(runtimeRoots());
    return Optional.of(List.copyOf(roots));
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

  private static List<X509Certificate> inDirectory(Path directory) {
    List<X509Certificate> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          found.addAll(read(file));
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "SSL_CERT_DIR cannot be read: {0}", e.toString());
    }
    return found;
  }

  private static List<X509Certificate> read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES);
    }
    List<X509Certificate> found = new ArrayList<>();
    Matcher block = CERTIFICATE.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    while (block.find()) {
      try {
        found.add(certificate(block.group()));
      } catch (CertificateException e) {
        LOG.log(Level.DEBUG, "a certificate in {0} is left out: {1}", file, e.getMessage());
      }
    }
    return found;
  }

  private static X509Certificate certificate(String pem) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static List<X509Certificate> runtimeRoots() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      List<X509Certificate> roots = new ArrayList<>();
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager trust) {
          roots.addAll(Arrays.asList(trust.getAcceptedIssuers()));
        }
      }
      return roots;
    } catch (GeneralSecurityException e) {
      throw new ConfigException("the roots of the Java runtime cannot be read: " + e, e);
    }
  }
}
