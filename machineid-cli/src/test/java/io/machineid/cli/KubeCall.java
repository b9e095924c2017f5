package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.machineid.internal.pki.Pem;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A request to Kubernetes with nothing but what a kubeconfig, or a secret of Argo CD, says: as
 * kubectl makes it.
 *
 * @param server the address, with a path where it has one
 * @param serverName the name to send and verify
 * @param authorities as PEM
 * @param certificate as PEM
 * @param key as PEM
 */
record KubeCall(URI server, String serverName, String authorities, String certificate, String key) {

  /** Asks a program for credentials. */
  interface Plugin {
    JsonNode answer(List<String> args) throws IOException;
  }

  static KubeCall of(String kubeconfig, String context, Plugin plugin) throws IOException {
    JsonNode config = new ObjectMapper(new YAMLFactory()).readTree(kubeconfig);
    JsonNode used = named(config.get("contexts"), context).get("context");
    JsonNode cluster = named(config.get("clusters"), used.get("cluster").asText()).get("cluster");
    JsonNode user = named(config.get("users"), used.get("user").asText()).get("user");
    String certificate;
    String key;
    if (user.has("exec")) {
      List<String> args =
          StreamSupport.stream(user.at("/exec/args").spliterator(), false)
              .map(JsonNode::asText)
              .toList();
      JsonNode status = plugin.answer(args).get("status");
      certificate = status.get("clientCertificateData").asText();
      key = status.get("clientKeyData").asText();
    } else {
      certificate = decoded(user.get("client-certificate-data"));
      key = decoded(user.get("client-key-data"));
    }
    return new KubeCall(
        URI.create(cluster.get("server").asText()),
        cluster.get("tls-server-name").asText(),
        decoded(cluster.get("certificate-authority-data")),
        certificate,
        key);
  }

  static JsonNode named(JsonNode list, String name) {
    for (JsonNode each : list) {
      if (each.get("name").asText().equals(name)) {
        return each;
      }
    }
    throw new AssertionError("no " + name);
  }

  static String decoded(JsonNode base64) {
    return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.UTF_8);
  }

  /** The names of all objects of a kind in the namespace default, in one line of JSON. */
  String get(String path) throws Exception {
    try (Socket plain = new Socket(server.getHost(), server.getPort());
        SSLSocket socket =
            (SSLSocket)
                tls().getSocketFactory().createSocket(plain, serverName, server.getPort(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      String request =
          "GET %s%s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
              .formatted(server.getRawPath(), path, server.getHost());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      BufferedReader answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String status = answer.readLine();
      String all = String.join("\n", answer.lines().toList());
      assertThat(status).as(all).startsWith("HTTP/1.1 200");
      return all;
    }
  }

  private SSLContext tls() throws Exception {
    CertificateFactory certificates = CertificateFactory.getInstance("X.509");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    int number = 0;
    for (Certificate each : certificates.generateCertificates(stream(authorities))) {
      trusted.setCertificateEntry("ca" + number++, each);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "own",
        Pem.parsePrivateKey(key),
        new char[0],
        new Certificate[] {certificates.generateCertificate(stream(certificate))});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static ByteArrayInputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }
}
