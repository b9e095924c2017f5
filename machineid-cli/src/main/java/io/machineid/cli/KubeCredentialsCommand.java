package io.machineid.cli;

import io.machineid.CredentialException;
import io.machineid.DestinationException;
import io.machineid.kubernetes.ExecCredential;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code machineid kube credentials}: an exec plugin of kubectl. Reads one file, makes no
 * connection.
 */
@Command(
    name = "credentials",
    description = "Print the credential in a directory as an ExecCredential, for kubectl.")
final class KubeCredentialsCommand extends Subcommand implements Callable<Integer> {

  static final String CLUSTER_OPTION = "--kubernetes-cluster";

  private static final int MAX_BYTES = 64 * 1024 * 1024;

  @Option(
      names = "--destination-dir",
      required = true,
      paramLabel = "DIR",
      description = "The directory of a Kubernetes output.")
  Path directory = Path.of("");

  @Option(
      names = CLUSTER_OPTION,
      paramLabel = "NAME",
      description =
          "The cluster, in the directory of an output for several that have a credential each.")
  @Nullable String cluster;

  @Override
  public Integer call() {
    ExecCredential credential =
        cluster == null
            ? parse(directory.resolve("identity"))
            : parse(directory.resolve(ExecCredential.CLUSTERS_FILE), cluster);
    PrintWriter out = out();
    out.println(credential.toJson());
    out.flush();
    return CommandLines.OK;
  }

  private static ExecCredential parse(Path file) {
    try {
      return ExecCredential.ofIdentityFile(read(file), Instant.now());
    } catch (CredentialException e) {
      throw new DestinationException(file + ": " + e.getMessage(), e);
    }
  }

  private static ExecCredential parse(Path file, String cluster) {
    try {
      return ExecCredential.ofClustersFile(read(file), cluster, Instant.now());
    } catch (CredentialException e) {
      throw new DestinationException(file + ": " + e.getMessage(), e);
    }
  }

  private static String read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length == 0 || bytes.length > MAX_BYTES) {
        throw new DestinationException(
            file + " is " + (bytes.length == 0 ? "empty" : "too large for a file of an output"),
            null);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new DestinationException(
          file
              + " does not exist. Is this the directory of an output, and has `machineid start` run?",
          e);
    } catch (IOException e) {
      throw new DestinationException(file + " cannot be read: " + e, e);
    }
  }
}
