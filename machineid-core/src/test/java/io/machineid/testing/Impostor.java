package io.machineid.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.ServerIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An HTTPS server on loopback that is trusted and yet no Teleport cluster. */
public final class Impostor implements AutoCloseable {

  /** How it answers. */
  @FunctionalInterface
  public interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private final Authorities authorities =
      new Authorities("impostor.test", "localhost", InstantSource.system());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpsServer server;

  public Impostor(Answer answer) throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls(authorities.web().server())));
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer.to(exchange);
          }
        });
    server.start();
  }

  /** What a server presents itself with. */
  public static SSLContext tls(ServerIdentity identity) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry(
        "server",
        identity.privateKey(),
        new char[0],
        identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  public String address() {
    return "localhost:" + server.getAddress().getPort();
  }

  public X509Certificate authority() {
    return authorities.web().certificate();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
