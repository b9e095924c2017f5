package io.machineid.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.machineid.wire.auth.AuthServiceGrpc;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.auth.UserCertsRequest;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * A bot made of nothing but a JDK client, a gRPC stub and this file, so that no mistake can be on
 * both sides. One key for all of its certificates.
 */
public final class PlainBot implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestCluster cluster;
  private final String user;
  private final KeyPair key = newKey("EC");
  private final List<ManagedChannel> channels = new ArrayList<>();

  public PlainBot(TestCluster cluster, String name) {
    this.cluster = cluster;
    this.user = "bot-" + name;
  }

  /** A certificate with the authorities that came along. */
  public record Identity(
      KeyPair key, X509Certificate certificate, List<String> authorities, String ssh) {}

  public static KeyPair newKey(String algorithm) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(algorithm.equals("EC384") ? "EC" : algorithm);
      if (algorithm.equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      } else if (algorithm.equals("EC384")) {
        generator.initialize(new ECGenParameterSpec("secp384r1"));
      }
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public static String sshLine(KeyPair key) {
    try {
      byte[] blob =
          OpenSSHPublicKeyUtil.encodePublicKey(
              PublicKeyFactory.createKey(
                  SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded())));
      int length = blob[3];
      String type = new String(blob, 4, length, StandardCharsets.US_ASCII);
      return type + " " + Base64.getEncoder().encodeToString(blob) + "\n";
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public static SSLContext trusting(X509Certificate authority) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("authority", authority);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public static HttpResponse<String> send(TestCluster cluster, HttpRequest.Builder request) {
    try {
      return HttpClient.newBuilder()
          .sslContext(trusting(cluster.webAuthority()))
          .build()
          .send(
              request.timeout(Duration.ofSeconds(60)).build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where the proxy listens, whatever its public name: that need not resolve here. */
  private static String loopback(TestCluster cluster) {
    String address = cluster.proxyAddress();
    return "localhost" + address.substring(address.lastIndexOf(':'));
  }

  public static HttpRequest.Builder request(TestCluster cluster, String path) {
    return HttpRequest.newBuilder(URI.create("https://" + loopback(cluster) + path));
  }

  public static HttpResponse<String> postJoin(TestCluster cluster, String body) {
    return send(
        cluster,
        request(cluster, "/v1/webapi/host/credentials")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  public static Map<String, Object> joinBody(String token, KeyPair key) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("hostID", "");
    body.put("node_name", "");
    body.put("role", "Bot");
    body.put("token", token);
    body.put("additional_principals", null);
    body.put("public_ssh_key", base64(sshLine(key)));
    body.put("expires", null);
    return body;
  }

  public static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  public static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public Identity join(String token) {
    return join(token, key, null);
  }

  public Identity join(String token, KeyPair joinKey, Instant expires) {
    Map<String, Object> body = joinBody(token, joinKey);
    body.put("expires", expires == null ? null : expires.toString());
    HttpResponse<String> response = postJoin(cluster, json(body));
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.statusCode() + " " + response.body());
    }
    try {
      JsonNode answer = JSON.readTree(response.body());
      List<String> authorities = new ArrayList<>();
      answer.get("tls_ca_certs").forEach(node -> authorities.add(text(node)));
      return new Identity(
          joinKey, Golden.pem(text(answer.get("tls"))), authorities, text(answer.get("ssh")));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(JsonNode base64) {
    return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.UTF_8);
  }

  /** The auth service through the proxy, as somebody or, without an identity, as nobody. */
  public AuthServiceGrpc.AuthServiceBlockingStub auth(Identity... identity) {
    return AuthServiceGrpc.newBlockingStub(channel(identity))
        .withDeadlineAfter(Duration.ofSeconds(60));
  }

  public ManagedChannel channel(Identity... identity) {
    String hex = HexFormat.of().formatHex(cluster.clusterName().getBytes(StandardCharsets.UTF_8));
    String name = hex + ".teleport.cluster.local";
    try {
      SslContextBuilder tls =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .trustManager(
                  new ByteArrayInputStream(
                      cluster.hostAuthorityPem().getBytes(StandardCharsets.US_ASCII)))
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      "teleport-auth@" + name,
                      "h2"));
      for (Identity each : identity) {
        tls.keyManager(each.key().getPrivate(), each.certificate());
      }
      ManagedChannel channel =
          NettyChannelBuilder.forTarget(loopback(cluster))
              .overrideAuthority(name)
              .sslContext(tls.build())
              .build();
      channels.add(channel);
      return channel;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public UserCertsRequest.Builder renewal() {
    return UserCertsRequest.newBuilder()
        .setPublicKey(ByteString.copyFromUtf8(sshLine(key)))
        .setUsername(user)
        .setExpires(timestamp(cluster.clock().instant().plus(Duration.ofHours(1))));
  }

  public UserCertsRequest.Builder output(String... roles) {
    return renewal()
        .setUseRoleRequests(true)
        .addAllRoleRequests(Arrays.asList(roles))
        .setRouteToCluster(cluster.clusterName());
  }

  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  public Identity identity(Certs certs) {
    return new Identity(
        key,
        Golden.pem(certs.getTls().toStringUtf8()),
        certs.getTlsCaCertsList().stream().map(ByteString::toStringUtf8).toList(),
        certs.getSsh().toStringUtf8());
  }

  public Identity renew(Identity identity) {
    return identity(auth(identity).generateUserCerts(renewal().build()));
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
