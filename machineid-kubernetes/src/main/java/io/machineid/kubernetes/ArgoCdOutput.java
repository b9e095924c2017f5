package io.machineid.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.machineid.Bot;
import io.machineid.BotIdentity;
import io.machineid.KubernetesCluster;
import io.machineid.config.OutputConfig;
import io.machineid.internal.pki.Sha256;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the secrets of an output of type {@code kubernetes/argo-cd} say. Immutable.
 *
 * @param config the output
 * @param namespace where the secrets are
 * @param version the version of this program, for an annotation
 */
public record ArgoCdOutput(OutputConfig.ArgoCd config, String namespace, String version) {

  private static final String TELEPORT = "teleport.dev/";
  private static final String UPDATED = TELEPORT + "updated";
  private static final int SHORT_HASH = 8;

  /**
   * Checks.
   *
   * @param config component {@code config}
   * @param namespace component {@code namespace}
   * @param version component {@code version}
   */
  public ArgoCdOutput {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(version, "version");
  }

  String prefix() {
    return config.secretNamePrefix();
  }

  Writer writer(Bot bot) {
    return new Writer(this, bot);
  }

  /** Makes the secrets for a bot. */
  static final class Writer {

    private final ArgoCdOutput output;
    private final Bot bot;
    private final BotIdentity identity;

    private Writer(ArgoCdOutput output, Bot bot) {
      this.output = output;
      this.bot = bot;
      this.identity = bot.identity();
    }

    String name(String kubernetesCluster) {
      return output.prefix() + "." + hash(identity.clusterName() + kubernetesCluster);
    }

    Secret secret(KubernetesCluster cluster, Kubeconfig access) {
      return new SecretBuilder()
          .withNewMetadata()
          .withNamespace(output.namespace())
          .withName(name(cluster.name()))
          .withLabels(labels())
          .withAnnotations(annotations(cluster))
          .endMetadata()
          .withType("Opaque")
          .withData(data(cluster, access))
          .build();
    }

    /** All but when it was written. */
    String fingerprint(Secret secret) {
      Map<String, String> annotations = new TreeMap<>(secret.getMetadata().getAnnotations());
      annotations.remove(UPDATED);
      return hash(
          annotations
              + "\0"
              + new TreeMap<>(secret.getMetadata().getLabels())
              + "\0"
              + new TreeMap<>(secret.getData()));
    }

    private Map<String, String> labels() {
      Map<String, String> labels = new TreeMap<>(output.config().secretLabels());
      labels.put("argocd.argoproj.io/secret-type", "cluster");
      return labels;
    }

    private Map<String, String> annotations(KubernetesCluster cluster) {
      Map<String, String> annotations = new TreeMap<>(output.config().secretAnnotations());
      annotations.put(TELEPORT + "bot-name", identity.botName());
      annotations.put(TELEPORT + "kubernetes-cluster-name", cluster.name());
      annotations.put(TELEPORT + "teleport-cluster-name", identity.clusterName());
      annotations.put(TELEPORT + "tbot-version", output.version());
      annotations.put(UPDATED, bot.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString());
      return annotations;
    }

    private Map<String, String> data(KubernetesCluster cluster, Kubeconfig access) {
      OutputConfig.ArgoCd config = output.config();
      Map<String, String> data = new TreeMap<>();
      data.put(
          "name",
          config
              .clusterNameTemplate()
              .render(identity.clusterName(), cluster.name(), cluster.labels()));
      data.put("server", access.endpoint().server().toString());
      data.put("config", connection(access));
      config.project().ifPresent(project -> data.put("project", project));
      if (!config.namespaces().isEmpty()) {
        data.put("namespaces", String.join(",", config.namespaces()));
        data.put("clusterResources", Boolean.toString(config.clusterResources()));
      }
      data.replaceAll((key, value) -> base64(value));
      return data;
    }

    private static String connection(Kubeconfig access) {
      Kubeconfig.ClientCertificate client = Objects.requireNonNull(access.client());
      StringWriter text = new StringWriter();
      try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
        json.writeStartObject();
        json.writeObjectFieldStart("tlsClientConfig");
        json.writeStringField("caData", base64(access.certificateAuthorities()));
        json.writeStringField("certData", base64(client.pem()));
        json.writeStringField("keyData", base64(client.keyPem()));
        if (access.endpoint().serverName().isPresent()) {
          json.writeStringField("serverName", access.endpoint().serverName().get());
        }
        json.writeEndObject();
        json.writeEndObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return text.toString();
    }

    private static String base64(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hash(String text) {
      return HexFormat.of().formatHex(Sha256.digest(text), 0, SHORT_HASH);
    }
  }
}
