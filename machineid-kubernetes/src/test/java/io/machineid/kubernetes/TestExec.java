package io.machineid.kubernetes;

import io.machineid.KubernetesEndpoint;
import io.machineid.tls.PinnedTls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** A pod whose exec sessions stay open and say nothing, over mutual TLS. */
final class TestExec implements AutoCloseable {

  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final String POD =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
          + "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"pod-1\"},"
          + "\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"example\"}]}}";

  /** The sessions that are open, by the client certificate's name. */
  final Map<Socket, String> open = new ConcurrentHashMap<>();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SSLServerSocket server;

  TestExec(TestPki.Identity identity, X509Certificate clientAuthority) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new TestKube.ServerKey(identity)},
          new TrustManager[] {PinnedTls.trustManager(List.of(clientAuthority))},
          null);
      server =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 0, InetAddress.getLoopbackAddress());
      server.setNeedClientAuth(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    threads.execute(this::accept);
  }

  KubernetesEndpoint endpoint() {
    return new KubernetesEndpoint(
        URI.create("https://localhost:" + server.getLocalPort()), Optional.of(TestKube.NAME));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        SSLSocket client = (SSLSocket) server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(SSLSocket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      String key = "";
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        if (line.toLowerCase().startsWith("sec-websocket-key:")) {
          key = line.substring(line.indexOf(':') + 1).strip();
        }
      }
      if (key.isEmpty()) {
        client.getOutputStream().write(POD.getBytes(StandardCharsets.ISO_8859_1));
        return;
      }
      client.getOutputStream().write(switching(key).getBytes(StandardCharsets.ISO_8859_1));
      open.put(client, client.getSession().getPeerPrincipal().getName());
      while (in.read() >= 0) {
        Thread.onSpinWait();
      }
    } catch (IOException | GeneralSecurityException e) {
      Thread.onSpinWait();
    } finally {
      open.remove(client);
    }
  }

  private static String switching(String key) throws GeneralSecurityException {
    byte[] digest =
        MessageDigest.getInstance("SHA-1")
            .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\nSec-WebSocket-Accept: "
        + Base64.getEncoder().encodeToString(digest)
        + "\r\n\r\n";
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket client : open.keySet()) {
      client.close();
    }
    threads.shutdownNow();
  }
}
