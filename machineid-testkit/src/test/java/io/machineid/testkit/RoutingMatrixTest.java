package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testkit.PlainBot.Identity;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RoutingMatrixTest {

  private static final String INTERNAL = "7265616c2e6578616d706c65.teleport.cluster.local";

  // services that this cluster does not have
  private static final Set<String> ABSENT =
      Set.of(
          "teleport-proxy-ssh",
          "teleport-proxy-ssh-grpc",
          "teleport-proxy-grpc-mtls",
          "teleport-tcp",
          "teleport-tcp-ping",
          "teleport-postgres",
          "teleport-mysql");

  private static final TestClock CLOCK = TestClock.running();
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.builder()
            .clusterName("real.example")
            .publicHost("teleport.localtest")
            .clock(CLOCK)
            .authPort()
            .start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  record Row(
      String listener,
      String sni,
      List<String> offered,
      String selected,
      String subject,
      String error) {

    static Row of(JsonNode node) {
      List<String> offered = new ArrayList<>();
      node.get("offered").forEach(each -> offered.add(each.asText()));
      return new Row(
          node.get("listener").asText(),
          node.get("sni").textValue(),
          offered,
          node.get("selected").isNull() ? "" : node.get("selected").asText(),
          node.get("subject").textValue(),
          node.get("error").textValue());
    }

    /** A real proxy shows its web certificate there, see the listener. */
    boolean isShortcutOfTbot() {
      return listener.equals("proxy") && INTERNAL.equals(sni) && offered.equals(List.of("h2"));
    }
  }

  static Stream<Row> rows() {
    return StreamSupport.stream(Golden.json("tls/alpn-matrix.json").spliterator(), false)
        .map(Row::of)
        .filter(row -> row.offered().stream().noneMatch(ABSENT::contains))
        .filter(row -> !row.isShortcutOfTbot());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void handshake_endsAsWithARealCluster(Row row) throws Exception {
    if (row.error() != null) {
      assertThat(failure(row)).isEqualTo(row.error());
      return;
    }
    try (SSLSocket socket = handshake(row)) {
      assertThat(socket.getApplicationProtocol()).isEqualTo(row.selected());
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      assertThat(kind(shown)).isEqualTo(kind(row.subject()));
    }
  }

  @Test
  void tbotsFirstAttempt_reachesTheAuthService() throws Exception {
    try (SSLSocket socket = handshake(new Row("proxy", INTERNAL, List.of("h2"), "", "", null))) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      assertThat(kind(shown)).isEqualTo("Admin");
    }
  }

  @Test
  void expiredClientCertificate_isRefusedWithAnAlert() throws Exception {
    PlainBot bot = new PlainBot(cluster, "expiring");
    Identity identity = bot.join(cluster.addBot("expiring").token());
    CLOCK.advance(Duration.ofHours(2));

    SSLContext context = context(identity);
    try (SSLSocket socket =
        socket(new Row("auth", INTERNAL, List.of("h2"), "", "", null), context)) {
      String message = "";
      try {
        socket.startHandshake();
        socket.getInputStream().read();
      } catch (SSLException e) {
        message = e.getMessage();
      }
      // a real cluster says certificate_expired; the JDK's TLS server has one word for all bad
      // certificates
      assertThat(message).contains("alert: certificate_");
    } finally {
      CLOCK.advance(Duration.ofHours(-2));
      bot.close();
    }
  }

  private static String failure(Row row) throws Exception {
    try (SSLSocket socket = handshake(row)) {
      return "no failure, " + socket.getApplicationProtocol();
    } catch (SSLException e) {
      return e.getMessage().contains("alert:")
          ? "alert " + e.getMessage().replaceAll(".*alert: ", "").replace('_', ' ')
          : "closed";
    } catch (EOFException | SocketException e) {
      return "closed";
    }
  }

  private static String kind(X509Certificate certificate) {
    return kind(certificate.getSubjectX500Principal().getName());
  }

  private static String kind(String subject) {
    return subject.matches(".*\\b(O|organizationName)=Admin.*")
        ? "Admin"
        : subject.matches(".*\\b(O|organizationName)=Proxy.*") ? "Proxy" : "web";
  }

  private static SSLSocket handshake(Row row) throws Exception {
    SSLSocket socket = socket(row, context(null));
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static SSLSocket socket(Row row, SSLContext context) throws Exception {
    String address =
        row.listener().equals("proxy") ? cluster.proxyAddress() : cluster.authAddress();
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getByName("127.0.0.1"), port);
    socket.setSoTimeout(60_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(row.sni() == null ? List.of() : List.of(new SNIHostName(row.sni())));
    parameters.setApplicationProtocols(row.offered().toArray(String[]::new));
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static SSLContext context(Identity identity) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (identity != null) {
      store.setKeyEntry(
          "me",
          identity.key().getPrivate(),
          new char[0],
          new X509Certificate[] {identity.certificate()});
    }
    keys.init(store, new char[0]);
    context.init(keys.getKeyManagers(), new TrustManager[] {new Anyone()}, null);
    return context;
  }

  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
