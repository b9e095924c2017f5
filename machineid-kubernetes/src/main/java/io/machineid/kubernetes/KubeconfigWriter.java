package io.machineid.kubernetes;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import io.machineid.kubernetes.Kubeconfig.ClientCertificate;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes a kubeconfig; the order of the keys is a part of the format here. */
final class KubeconfigWriter {

  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .stringQuotingChecker(new Quoting())
          .build();

  private KubeconfigWriter() {}

  /**
   * One context of a kubeconfig.
   *
   * @param config what is in it, under its names
   * @param namespace where commands work that name none
   */
  record Context(Kubeconfig config, Optional<String> namespace) {}

  static String write(Kubeconfig config) {
    return write(List.of(new Context(config, Optional.empty())));
  }

  /** All contexts in one text; the first is the current one. Users of the same name are one. */
  static String write(List<Context> contexts) {
    StringWriter text = new StringWriter();
    try (JsonGenerator yaml = YAML.createGenerator(text)) {
      yaml.writeStartObject();
      yaml.writeStringField("apiVersion", "v1");
      yaml.writeArrayFieldStart("clusters");
      for (Context each : contexts) {
        cluster(yaml, each.config());
      }
      yaml.writeEndArray();
      yaml.writeArrayFieldStart("contexts");
      for (Context each : contexts) {
        context(yaml, each);
      }
      yaml.writeEndArray();
      yaml.writeStringField(
          "current-context", contexts.isEmpty() ? "" : contexts.get(0).config().contextName());
      yaml.writeStringField("kind", "Config");
      yaml.writeObjectFieldStart("preferences");
      yaml.writeEndObject();
      users(yaml, contexts);
      yaml.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void cluster(JsonGenerator yaml, Kubeconfig config) throws IOException {
    yaml.writeStartObject();
    yaml.writeObjectFieldStart("cluster");
    yaml.writeStringField("certificate-authority-data", base64(config.certificateAuthorities()));
    if (config.exposeProxyUrl().isPresent()) {
      yaml.writeStringField("proxy-url", config.exposeProxyUrl().get());
    }
    yaml.writeStringField("server", config.endpoint().server().toString());
    if (config.endpoint().serverName().isPresent()) {
      yaml.writeStringField("tls-server-name", config.endpoint().serverName().get());
    }
    yaml.writeEndObject();
    yaml.writeStringField("name", config.clusterName());
    yaml.writeEndObject();
  }

  private static void context(JsonGenerator yaml, Context context) throws IOException {
    yaml.writeStartObject();
    yaml.writeObjectFieldStart("context");
    yaml.writeStringField("cluster", context.config().clusterName());
    if (context.namespace().isPresent()) {
      yaml.writeStringField("namespace", context.namespace().get());
    }
    yaml.writeStringField("user", context.config().userName());
    yaml.writeEndObject();
    yaml.writeStringField("name", context.config().contextName());
    yaml.writeEndObject();
  }

  private static void users(JsonGenerator yaml, List<Context> contexts) throws IOException {
    Set<String> written = new HashSet<>();
    yaml.writeArrayFieldStart("users");
    for (Context each : contexts) {
      if (written.add(each.config().userName())) {
        user(yaml, each.config());
      }
    }
    yaml.writeEndArray();
  }

  private static void user(JsonGenerator yaml, Kubeconfig config) throws IOException {
    yaml.writeStartObject();
    yaml.writeStringField("name", config.userName());
    yaml.writeObjectFieldStart("user");
    ClientCertificate client = config.client();
    if (client != null) {
      yaml.writeStringField("client-certificate-data", base64(client.pem()));
      yaml.writeStringField("client-key-data", base64(client.keyPem()));
    }
    if (config.execPlugin().isPresent()) {
      exec(yaml, config.execPlugin().get());
    }
    yaml.writeEndObject();
    yaml.writeEndObject();
  }

  private static void exec(JsonGenerator yaml, ExecPlugin plugin) throws IOException {
    yaml.writeObjectFieldStart("exec");
    yaml.writeStringField("apiVersion", plugin.apiVersion());
    yaml.writeArrayFieldStart("args");
    for (String arg : plugin.args()) {
      yaml.writeString(arg);
    }
    yaml.writeEndArray();
    yaml.writeStringField("command", plugin.command());
    yaml.writeNullField("env");
    yaml.writeBooleanField("provideClusterInfo", false);
    yaml.writeEndObject();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Quotes what another reader could take for a number or a date: "1e3", "2026-11-22", "0o7". */
  private static final class Quoting extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean needToQuoteValue(String value) {
      return super.needToQuoteValue(value)
          || (!value.isEmpty() && "0123456789+.~=<".indexOf(value.charAt(0)) >= 0)
          || (value.length() > 1 && value.charAt(0) == '-' && value.charAt(1) != '-');
    }
  }
}
