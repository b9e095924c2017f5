package io.machineid.config;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.machineid.config.DestinationConfig.Directory;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** From a {@link BotConfig} to YAML. */
final class ConfigWriter {

  private final YAMLGenerator yaml;

  private ConfigWriter(YAMLGenerator yaml) {
    this.yaml = yaml;
  }

  static String write(BotConfig config) {
    StringWriter text = new StringWriter();
    YAMLFactory factory =
        YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();
    try (YAMLGenerator yaml = factory.createGenerator(text)) {
      new ConfigWriter(yaml).top(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private void top(BotConfig config) throws IOException {
    yaml.writeStartObject();
    yaml.writeStringField("version", "v2");
    String key =
        config.server().kind() == ServerAddress.Kind.PROXY ? "proxy_server" : "auth_server";
    yaml.writeStringField(key, config.server().address());
    onboarding(config.onboarding());
    yaml.writeFieldName("storage");
    destination(config.storage());
    yaml.writeStringField("certificate_ttl", GoDuration.format(config.certificateTtl()));
    yaml.writeStringField("renewal_interval", GoDuration.format(config.renewalInterval()));
    yaml.writeBooleanField("oneshot", config.oneshot());
    yaml.writeBooleanField("insecure", config.insecure());
    yaml.writeBooleanField("debug", config.debug());
    yaml.writeArrayFieldStart("outputs");
    for (OutputConfig output : config.outputs()) {
      output(output);
    }
    yaml.writeEndArray();
    yaml.writeEndObject();
  }

  private void onboarding(OnboardingConfig onboarding) throws IOException {
    yaml.writeObjectFieldStart("onboarding");
    yaml.writeStringField("join_method", onboarding.joinMethod());
    if (onboarding.token().isPresent()) {
      yaml.writeStringField("token", onboarding.token().get().text());
    }
    strings("ca_pins", onboarding.caPins());
    if (onboarding.caPath().isPresent()) {
      yaml.writeStringField("ca_path", onboarding.caPath().get().toString());
    }
    yaml.writeEndObject();
  }

  private void destination(DestinationConfig destination) throws IOException {
    yaml.writeStartObject();
    if (destination instanceof Directory directory) {
      yaml.writeStringField("type", "directory");
      yaml.writeStringField("path", directory.path().toString());
      yaml.writeStringField("symlinks", directory.symlinks().text());
      yaml.writeStringField("acls", directory.acls().text());
    } else {
      yaml.writeStringField("type", "memory");
    }
    yaml.writeEndObject();
  }

  private void output(OutputConfig output) throws IOException {
    yaml.writeStartObject();
    if (output instanceof OutputConfig.Kubernetes kubernetes) {
      yaml.writeStringField("type", "kubernetes");
      yaml.writeStringField("kubernetes_cluster", kubernetes.kubernetesCluster());
      strings("roles", kubernetes.roles());
      yaml.writeBooleanField("disable_exec_plugin", kubernetes.disableExecPlugin());
    }
    yaml.writeFieldName("destination");
    destination(output.destination());
    yaml.writeEndObject();
  }

  private void strings(String key, List<String> values) throws IOException {
    if (!values.isEmpty()) {
      yaml.writeArrayFieldStart(key);
      for (String value : values) {
        yaml.writeString(value);
      }
      yaml.writeEndArray();
    }
  }
}
