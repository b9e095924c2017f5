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

  static String write(Kubeconfig config) {
    StringWriter text = new StringWriter();
    try (JsonGenerator yaml = YAML.createGenerator(text)) {
      yaml.writeStartObject();
      yaml.writeStringField("apiVersion", "v1");
      cluster(yaml, config);
      context(yaml, config);
      yaml.writeStringField("current-context", config.contextName());
      yaml.writeStringField("kind", "Config");
      yaml.writeObjectFieldStart("preferences");
      yaml.writeEndObject();
      user(yaml, config);
      yaml.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void cluster(JsonGenerator yaml, Kubeconfig config) throws IOException {
    yaml.writeArrayFieldStart("clusters");
    yaml.writeStartObject();
    yaml.writeObjectFieldStart("cluster");
    yaml.writeStringField("certificate-authority-data", base64(config.certificateAuthorities()));
    yaml.writeStringField("server", config.endpoint().server().toString());
    if (config.endpoint().serverName().isPresent()) {
      yaml.writeStringField("tls-server-name", config.endpoint().serverName().get());
    }
    yaml.writeEndObject();
    yaml.writeStringField("name", config.clusterName());
    yaml.writeEndObject();
    yaml.writeEndArray();
  }

  private static void context(JsonGenerator yaml, Kubeconfig config) throws IOException {
    yaml.writeArrayFieldStart("contexts");
    yaml.writeStartObject();
    yaml.writeObjectFieldStart("context");
    yaml.writeStringField("cluster", config.clusterName());
    yaml.writeStringField("user", config.userName());
    yaml.writeEndObject();
    yaml.writeStringField("name", config.contextName());
    yaml.writeEndObject();
    yaml.writeEndArray();
  }

  private static void user(JsonGenerator yaml, Kubeconfig config) throws IOException {
    yaml.writeArrayFieldStart("users");
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
    yaml.writeEndArray();
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
