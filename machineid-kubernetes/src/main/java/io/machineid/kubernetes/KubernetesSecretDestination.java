package io.machineid.kubernetes;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.machineid.DestinationException;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A secret of a Kubernetes cluster; each file is a key of its {@code data}. Needs {@code
 * io.fabric8:kubernetes-client} and one of its transports.
 *
 * <p>A write is one server-side apply of all files, so readers see a whole set or none of it. The
 * field manager is {@code tbot}: the two can take turns at one secret. Keys, labels and annotations
 * of others stay as they are. When somebody else changes the secret between reading and writing it,
 * the write begins anew.
 *
 * <p>The service account needs {@code get}, {@code create} and {@code patch} for the secret.
 */
public final class KubernetesSecretDestination implements Destination {

  /** The most that Kubernetes lets a secret hold, in bytes of all values. */
  public static final int MAX_SECRET_BYTES = 1024 * 1024;

  private static final String MANAGER = "tbot";
  private static final String TYPE = "Opaque";
  private static final int BAD_REQUEST = 400;
  private static final int CONFLICT = 409;
  private static final int TRIES = 8;
  private static final SecretErrors ERRORS =
      new SecretErrors(
          "get, create and patch for this secret",
          "Is it immutable, or of another type than " + TYPE + "? Delete it then");
  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final Map<String, String> labels;
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicBoolean locked = new AtomicBoolean();

  private KubernetesSecretDestination(
      KubernetesClient client, String namespace, String name, Map<String, String> labels) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.labels = labels;
  }

  /**
   * Names a secret; nothing is asked yet.
   *
   * @param client a client of the cluster; stays the caller's to close, after the last use of this
   * @param namespace the secret's namespace
   * @param name the secret's name; it is made when there is none
   * @param labels labels that the secret gets
   * @return the destination
   */
  public static KubernetesSecretDestination of(
      KubernetesClient client, String namespace, String name, Map<String, String> labels) {
    return new KubernetesSecretDestination(
        Objects.requireNonNull(client, "client"),
        Objects.requireNonNull(namespace, "namespace"),
        Objects.requireNonNull(name, "name"),
        Map.copyOf(labels));
  }

  @Override
  public String describe() {
    return "Kubernetes secret " + namespace + "/" + name;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The proof is a dry run: nothing is written.
   */
  @Override
  public void prepare() {
    apply(FileSet.builder().build(), true);
  }

  @Override
  public void write(FileSet files) {
    for (String file : files.names()) {
      if (!KEY.matcher(file).matches()) {
        throw new IllegalArgumentException("not a key of a Kubernetes secret: '" + file + "'");
      }
    }
    writing.lock();
    try {
      apply(files, false);
    } finally {
      writing.unlock();
    }
  }

  private void apply(FileSet files, boolean dryRun) {
    for (int tries = 1; ; tries++) {
      try {
        Secret current = current();
        if (dryRun) {
          Resource<Secret> resource = client.resource(next(current, files));
          resource.dryRun().fieldManager(MANAGER).forceConflicts().serverSideApply();
        } else {
          client
              .resource(next(current == null ? created() : current, files))
              .fieldManager(MANAGER)
              .forceConflicts()
              .serverSideApply();
        }
        return;
      } catch (KubernetesClientException e) {
        if (tries == TRIES || !changedMeanwhile(e)) {
          throw failed("write", e);
        }
      }
    }
  }

  /** A bad request it is where the secret was deleted meanwhile. */
  private static boolean changedMeanwhile(KubernetesClientException e) {
    return e.getCode() == CONFLICT || e.getCode() == BAD_REQUEST;
  }

  private @Nullable Secret current() {
    return client.secrets().inNamespace(namespace).withName(name).get();
  }

  /** Empty first: an apply that creates would undo that of another one who creates. */
  private Secret created() {
    return client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withType(TYPE)
                .build())
        .create();
  }

  /** What we shall own of the secret: what we own already, and the files. */
  private Secret next(@Nullable Secret current, FileSet files) {
    Map<String, String> data = new TreeMap<>();
    if (current != null && current.getData() != null) {
      data.putAll(current.getData());
      data.keySet().retainAll(owned(current));
    }
    for (String file : files.names()) {
      data.put(file, Base64.getEncoder().encodeToString(files.content(file)));
    }
    checkSize(current, data);
    SecretBuilder secret =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .withLabels(labels)
            .endMetadata()
            .withType(TYPE)
            .withData(data);
    if (current != null) {
      secret
          .editMetadata()
          .withResourceVersion(current.getMetadata().getResourceVersion())
          .endMetadata();
    }
    return secret.build();
  }

  /** The keys that this field manager has applied before. */
  private static Set<String> owned(Secret secret) {
    Set<String> keys = new HashSet<>();
    for (ManagedFieldsEntry entry : secret.getMetadata().getManagedFields()) {
      if (MANAGER.equals(entry.getManager())
          && "Apply".equals(entry.getOperation())
          && entry.getFieldsV1() != null
          && entry.getFieldsV1().getAdditionalProperties().get("f:data")
              instanceof Map<?, ?> fields) {
        fields.keySet().forEach(field -> keys.add(String.valueOf(field).replaceFirst("^f:", "")));
      }
    }
    return keys;
  }

  private void checkSize(@Nullable Secret current, Map<String, String> ours) {
    Map<String, String> all = new TreeMap<>();
    if (current != null && current.getData() != null) {
      all.putAll(current.getData());
    }
    all.putAll(ours);
    long bytes = all.values().stream().mapToLong(KubernetesSecretDestination::size).sum();
    if (bytes > MAX_SECRET_BYTES) {
      throw new DestinationException(
          "%s would hold %d bytes, Kubernetes takes %d: %s. Give each output a secret of its own, or select fewer clusters"
              .formatted(
                  describe(),
                  bytes,
                  MAX_SECRET_BYTES,
                  all.entrySet().stream()
                      .map(file -> file.getKey() + " " + size(file.getValue()))
                      .collect(Collectors.joining(", "))),
          null);
    }
  }

  private static long size(String base64) {
    int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
    return base64.length() / 4 * 3L - padding;
  }

  @Override
  public Optional<byte[]> read(String file) {
    Map<String, String> data = data("read");
    return Optional.ofNullable(data.get(Objects.requireNonNull(file, "file")))
        .map(content -> Base64.getDecoder().decode(content));
  }

  @Override
  public List<String> list() {
    return List.copyOf(new ArrayList<>(new TreeMap<>(data("list")).keySet()));
  }

  private Map<String, String> data(String tried) {
    try {
      Secret secret = current();
      return secret == null || secret.getData() == null ? Map.of() : secret.getData();
    } catch (KubernetesClientException e) {
      throw failed(tried, e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Other processes are not kept off, as with {@code tbot}: run one replica.
   */
  @Override
  public Lock lock() {
    if (!locked.compareAndSet(false, true)) {
      throw new DestinationException(
          describe() + " is in use by another bot of this process; give each its own", null);
    }
    AtomicBoolean held = new AtomicBoolean(true);
    return () -> {
      if (held.compareAndSet(true, false)) {
        locked.set(false);
      }
    };
  }

  private DestinationException failed(String tried, KubernetesClientException e) {
    return ERRORS.of(tried + " " + describe(), e);
  }
}
