package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies that are not what they should be, and those of the other kind. */
class AuthDialerTest {

  private static final HostPort TARGET = new HostPort("auth.example.invalid", 3025);
  private static final Duration LONG = Duration.ofSeconds(30);

  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  /** What a proxy does with the one client that it gets. */
  @FunctionalInterface
  private interface Served<T> {
    T by(Socket client) throws IOException;
  }

  private <T> CompletableFuture<T> proxy(Served<T> served) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Socket client = server.accept()) {
            return served.by(client);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private InetSocketAddress address() {
    return InetSocketAddress.createUnresolved("localhost", server.getLocalPort());
  }

  private static void say(Socket client, String words) throws IOException {
    client.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String head(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  @Test
  void tunnel_opened_leavesWhatFollowsToTheServer() throws Exception {
    CompletableFuture<String> asked =
        proxy(
            client -> {
              String head = head(client);
              say(client, "HTTP/1.0 200 OK\r\nVia: x\r\n\r\nhello");
              client.getInputStream().read();
              return head;
            });

    try (Socket tunnel =
        new HttpTunnel(address(), Optional.of("Basic eA=="), LONG)
            .open(new HostPort("2001:db8::1", 443), Optional.empty())) {
      assertThat(tunnel.getSoTimeout()).isZero();
      assertThat(tunnel.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
    }

    assertThat(asked.get(30, TimeUnit.SECONDS))
        .isEqualTo(
            "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"
                + "Proxy-Authorization: Basic eA==\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\r\n\r\n", "HTTP/1.1 200"})
  void answer_ofNoProxy_isRefused(String words) {
    CompletableFuture<?> unused =
        proxy(
            client -> {
              head(client);
              say(client, words);
              return null;
            });

    assertThat(open(LONG)).hasMessageContaining("does not answer as an HTTP proxy");
  }

  @Test
  void answer_withoutEnd_isCutOff() {
    CompletableFuture<?> unused =
        proxy(
            client -> {
              OutputStream out = client.getOutputStream();
              byte[] block = new byte[1 << 10];
              while (true) {
                out.write(block);
              }
            });

    assertThat(open(LONG)).hasMessageContaining("does not answer as an HTTP proxy");
  }

  @Test
  void answer_thatNeverComes_isNotWaitedForAnyLonger() {
    CompletableFuture<?> unused = proxy(client -> client.getInputStream().readAllBytes());

    assertThat(open(Duration.ofMillis(200))).hasMessageContaining("no answer in time");
  }

  @Test
  void socksProxy_thatFallsSilent_isNotWaitedForAnyLonger() {
    CompletableFuture<?> unused =
        proxy(
            client -> {
              client.getOutputStream().write(5); // the second byte of the answer never comes
              return client.getInputStream().readAllBytes();
            });

    assertThat(
            catchThrowableOfType(
                HttpProxyFailure.class,
                () ->
                    SocksTunnel.open(address(), TARGET, Optional.empty(), Duration.ofMillis(200))
                        .close()))
        .isNotNull()
        .hasMessageContaining("no answer in time");
  }

  private HttpProxyFailure open(Duration longest) {
    HttpProxyFailure failure =
        catchThrowableOfType(
            HttpProxyFailure.class,
            () ->
                new HttpTunnel(address(), Optional.empty(), longest)
                    .open(TARGET, Optional.empty())
                    .close());
    assertThat(failure).isNotNull().hasMessageContaining("localhost:" + server.getLocalPort());
    return failure;
  }

  @Test
  void socksProxy_ofTheSelector_isGivenTheNameAndThePort() throws Exception {
    CompletableFuture<String> asked =
        proxy(
            client -> {
              DataInputStream in = new DataInputStream(client.getInputStream());
              in.readByte(); // version 5
              in.readNBytes(in.readByte());
              client.getOutputStream().write(new byte[] {5, 0}); // no password
              in.readNBytes(4); // connect, to a name
              String host = new String(in.readNBytes(in.readByte()), StandardCharsets.US_ASCII);
              String target = host + ":" + in.readUnsignedShort();
              client.getOutputStream().write(new byte[] {5, 5, 0, 1, 0, 0, 0, 0, 0, 0}); // refused
              return target;
            });

    AuthDialer dialer =
        new AuthDialer(
            AuthRoute.direct(
                TARGET, "x", AuthRoute.Means.of(new Dialer(selecting(Proxy.Type.SOCKS)))),
            SSLContext.getDefault());
    HttpProxyFailure failure =
        catchThrowableOfType(
            HttpProxyFailure.class, () -> dialer.createSocket("placeholder", 1).close());

    assertThat(asked.get(30, TimeUnit.SECONDS)).isEqualTo("auth.example.invalid:3025");
    assertThat(failure).hasMessageContaining("localhost:" + server.getLocalPort());
  }

  private ProxySelector selecting(Proxy.Type type) {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        assertThat(uri).hasToString("https://auth.example.invalid:3025");
        return List.of(new Proxy(type, new InetSocketAddress("localhost", server.getLocalPort())));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
    };
  }
}
