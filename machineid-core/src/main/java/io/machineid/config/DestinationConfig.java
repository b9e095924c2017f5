package io.machineid.config;

import io.machineid.destination.AccessList;
import io.machineid.destination.Destination;
import io.machineid.destination.DirectoryDestination;
import io.machineid.destination.SymlinkMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Where files go: {@code storage}, or {@code destination} of an output. */
public sealed interface DestinationConfig {

  /** {@code type: memory}. */
  record Memory() implements DestinationConfig {

    /**
     * Makes the destination; it is empty.
     *
     * @return a new destination
     */
    public Destination open() {
      return Destination.memory();
    }
  }

  /**
   * {@code type: directory}.
   *
   * @param path the directory, as written in the file
   * @param symlinks what to do about symbolic links
   * @param acls whether access control lists are wanted
   * @param readers who may read besides the owner; none without access control lists
   */
  record Directory(Path path, SymlinkMode symlinks, AclMode acls, List<AclReader> readers)
      implements DestinationConfig {

    /**
     * Checks and copies.
     *
     * @param path component {@code path}
     * @param symlinks component {@code symlinks}
     * @param acls component {@code acls}
     * @param readers component {@code readers}
     */
    public Directory {
      Objects.requireNonNull(path, "path");
      Objects.requireNonNull(symlinks, "symlinks");
      Objects.requireNonNull(acls, "acls");
      readers = List.copyOf(readers);
      if (acls == AclMode.OFF && !readers.isEmpty()) {
        throw new IllegalArgumentException("readers need access control lists, which are off");
      }
    }

    /**
     * A directory with everything else as where the file says nothing.
     *
     * @param path component {@code path}
     */
    public Directory(Path path) {
      this(path, SymlinkMode.TRY_SECURE, AclMode.TRY, List.of());
    }

    /**
     * Makes the destination; it is not prepared yet.
     *
     * @return a new destination
     */
    public Destination open() {
      return new DirectoryDestination(path, symlinks, access());
    }

    /**
     * Who may read, as a destination takes it.
     *
     * @return the readers, whether there must be a list, and whether one that is there is kept
     */
    public AccessList access() {
      return new AccessList(
          readers.stream().map(AclReader::toReader).toList(),
          acls == AclMode.REQUIRED,
          acls != AclMode.OFF);
    }
  }

  /**
   * {@code type: kubernetes_secret}.
   *
   * @param name the secret's name
   * @param namespace its namespace; empty for the one that {@code POD_NAMESPACE} names
   * @param labels labels for the secret
   * @param kubeconfigPath a kubeconfig to reach the cluster with; empty for {@code KUBECONFIG}, and
   *     else the cluster that this process runs in
   * @param kubeconfigContext a context of that kubeconfig; empty for its current one
   */
  record KubernetesSecret(
      String name,
      Optional<String> namespace,
      Map<String, String> labels,
      Optional<Path> kubeconfigPath,
      Optional<String> kubeconfigContext)
      implements DestinationConfig {

    /**
     * Checks and copies.
     *
     * @param name component {@code name}
     * @param namespace component {@code namespace}
     * @param labels component {@code labels}
     * @param kubeconfigPath component {@code kubeconfigPath}
     * @param kubeconfigContext component {@code kubeconfigContext}
     */
    public KubernetesSecret {
      Checks.notBlank(name, "name");
      Objects.requireNonNull(namespace, "namespace");
      labels = Checks.copy(labels);
      Objects.requireNonNull(kubeconfigPath, "kubeconfigPath");
      Objects.requireNonNull(kubeconfigContext, "kubeconfigContext");
    }
  }
}
