package io.machineid.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.machineid.ConfigException;
import io.machineid.KubernetesEndpoint;
import io.machineid.kubernetes.Kubeconfig.ClientCertificate;
import io.machineid.kubernetes.Kubeconfig.Names;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a kubeconfig strictly. Its errors name keys and never quote values: a value may be the
 * private key, and so may what the YAML library quotes in its own messages.
 */
final class KubeconfigReader {

  private static final int LIMIT = 1 << 20;
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  private KubeconfigReader() {}

  static Kubeconfig read(String yaml) {
    if (yaml.length() > LIMIT) {
      throw wrong("it has " + yaml.length() + " characters, more than " + LIMIT);
    }
    JsonNode root = tree(yaml);
    if (!root.isObject()) {
      throw wrong("it is not a YAML mapping");
    }
    expect(root, "apiVersion", "v1");
    expect(root, "kind", "Config");
    String contextName = text(root, "", "current-context");
    JsonNode context = entry(root, "contexts", "context", contextName, Set.of("cluster", "user"));
    String at = "context \"" + contextName + "\": ";
    Names names = new Names(contextName, text(context, at, "cluster"), text(context, at, "user"));
    JsonNode cluster =
        entry(
            root,
            "clusters",
            "cluster",
            names.cluster(),
            Set.of("certificate-authority-data", "server", "tls-server-name"));
    JsonNode user =
        entry(
            root,
            "users",
            "user",
            names.user(),
            Set.of("client-certificate-data", "client-key-data", "exec"));
    return build(names, cluster, user);
  }

  private static Kubeconfig build(Names names, JsonNode cluster, JsonNode user) {
    String atCluster = "cluster \"" + names.cluster() + "\": ";
    String authorities = data(cluster, atCluster, "certificate-authority-data");
    certificates(authorities, atCluster + "certificate-authority-data");
    KubernetesEndpoint endpoint =
        new KubernetesEndpoint(
            server(cluster, atCluster),
            cluster.has("tls-server-name")
                ? Optional.of(text(cluster, atCluster, "tls-server-name"))
                : Optional.empty());
    String atUser = "user \"" + names.user() + "\": ";
    JsonNode exec = user.get("exec");
    if (exec == null) {
      return new Kubeconfig(names, endpoint, authorities, client(user, atUser), null);
    }
    if (user.size() > 1) {
      throw wrong(atUser + "it has both an exec plugin and a client certificate");
    }
    return new Kubeconfig(names, endpoint, authorities, null, plugin(exec, atUser));
  }

  private static ClientCertificate client(JsonNode user, String at) {
    String pem = data(user, at, "client-certificate-data");
    String key = data(user, at, "client-key-data");
    if (!key.contains("PRIVATE KEY-----")) {
      throw wrong(at + "client-key-data is not a PEM private key");
    }
    return new ClientCertificate(
        pem, certificates(pem, at + "client-certificate-data").get(0), key);
  }

  private static ExecPlugin plugin(JsonNode exec, String at) {
    String where = at + "exec: ";
    known(
        exec,
        where,
        Set.of("apiVersion", "args", "command", "env", "provideClusterInfo", "interactiveMode"));
    if (exec.path("provideClusterInfo").asBoolean() || !exec.path("env").isEmpty()) {
      throw wrong(where + "env and provideClusterInfo are not supported; remove them");
    }
    List<String> args = new ArrayList<>();
    for (JsonNode arg : exec.path("args")) {
      if (!arg.isTextual()) {
        throw wrong(where + "args must be strings");
      }
      args.add(arg.textValue());
    }
    return new ExecPlugin(text(exec, where, "command"), args, text(exec, where, "apiVersion"));
  }

  private static URI server(JsonNode cluster, String at) {
    try {
      URI server = new URI(text(cluster, at, "server"));
      if ("https".equals(server.getScheme()) && server.getHost() != null) {
        return server;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw wrong(at + "server must be https://host:port");
  }

  private static JsonNode tree(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw wrong("it is not YAML, or has a key twice" + line(e));
    }
  }

  private static String line(JsonProcessingException e) {
    return e.getLocation() == null ? "" : ", at line " + e.getLocation().getLineNr();
  }

  /** The {@code kind} part of the entry of {@code list} that has the name. */
  private static JsonNode entry(
      JsonNode root, String list, String kind, String name, Set<String> keys) {
    for (JsonNode entry : root.path(list)) {
      if (name.equals(entry.path("name").textValue())) {
        String at = kind + " \"" + name + "\": ";
        JsonNode found = entry.get(kind);
        if (found == null || !found.isObject()) {
          throw wrong(at + "the key \"" + kind + "\" is missing, or not a mapping");
        }
        known(found, at, keys);
        return found;
      }
    }
    throw wrong("\"" + list + "\" has no entry with the name \"" + name + "\"");
  }

  private static void known(JsonNode node, String at, Set<String> keys) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!keys.contains(key)) {
                throw wrong(
                    at
                        + "the key \""
                        + key
                        + "\" is not supported here; possible are "
                        + String.join(", ", keys.stream().sorted().toList()));
              }
            });
  }

  private static void expect(JsonNode root, String key, String value) {
    if (!value.equals(root.path(key).textValue())) {
      throw wrong("\"" + key + "\" must be \"" + value + "\"");
    }
  }

  private static String text(JsonNode node, String at, String key) {
    @Nullable String value = node.path(key).textValue();
    if (value == null || value.isBlank()) {
      throw wrong(at + "\"" + key + "\" is missing, empty or not a string");
    }
    return value;
  }

  private static String data(JsonNode node, String at, String key) {
    try {
      byte[] decoded = Base64.getDecoder().decode(text(node, at, key));
      return new String(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw wrong(at + "\"" + key + "\" is not base64");
    }
  }

  private static List<X509Certificate> certificates(String pem, String what) {
    try {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    } catch (CertificateException e) {
      // said below
    }
    throw wrong(what + " is not a PEM certificate");
  }

  private static ConfigException wrong(String what) {
    return new ConfigException("the kubeconfig cannot be used: " + what, null);
  }
}
