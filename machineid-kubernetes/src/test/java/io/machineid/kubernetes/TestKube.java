package io.machineid.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.machineid.KubernetesEndpoint;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A Kubernetes API with pods, over mutual TLS, on loopback. It notes for each request which SNI and
 * which client certificate it came with, and refuses WebSocket watches as Teleport does.
 */
final class TestKube implements AutoCloseable {

  static final String NAME = "kube-teleport-proxy-alpn.teleport.localtest";

  /** What the server saw of a request. */
  record Seen(String sni, String client, String path, String query) {
    boolean isWatch() {
      return query != null && query.contains("watch=true");
    }
  }

  private record Refusal(String client, int status, Runnable before) {}

  private static final String END = "";

  final List<Seen> seen = new CopyOnWriteArrayList<>();

  /** The names of all headers that came. */
  final Set<String> headers = ConcurrentHashMap.newKeySet();

  private final List<BlockingQueue<String>> watches = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpsServer server;
  private final Semaphore arrived = new Semaphore(0);
  private volatile Refusal refusal = new Refusal("", 0, () -> {});
  private volatile CountDownLatch held = new CountDownLatch(0);

  TestKube(TestPki.Identity identity, X509Certificate clientAuthority) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new ServerKey(identity)},
          new TrustManager[] {PinnedTls.trustManager(List.of(clientAuthority))},
          null);
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setHttpsConfigurator(
          new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters params) {
              SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
              parameters.setNeedClientAuth(true);
              params.setSSLParameters(parameters);
            }
          });
      server.createContext("/", this::handle);
      server.setExecutor(threads);
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  KubernetesEndpoint endpoint() {
    return new KubernetesEndpoint(
        URI.create("https://localhost:" + server.getAddress().getPort()), Optional.of(NAME));
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Sends an event for a new pod to each watch that is open. */
  void addPod(String name, int resourceVersion) {
    String event = "{\"type\":\"ADDED\",\"object\":" + pod(name, resourceVersion) + "}\n";
    watches.forEach(watch -> watch.add(event));
  }

  /** Sends an empty line to each watch that is open, as Teleport 16 does between events. */
  void addEmptyLine() {
    watches.forEach(watch -> watch.add("\n"));
  }

  /** Keeps the next requests waiting for their answer until {@link #release()}. */
  void hold() {
    held = new CountDownLatch(1);
  }

  /** Waits until a request waits. */
  void awaitHeld() throws InterruptedException {
    if (!arrived.tryAcquire(60, TimeUnit.SECONDS)) {
      throw new AssertionError("no request came");
    }
  }

  void release() {
    held.countDown();
  }

  /** Answers requests of a client with a status, having done something first. */
  void refuse(String client, int status, Runnable before) {
    refusal = new Refusal(client, status, before);
  }

  /** No longer counts the watches that are open, and sends them nothing. */
  void forgetWatches() {
    watches.clear();
  }

  Seen lastSeen() {
    return seen.get(seen.size() - 1);
  }

  int openWatches() {
    return watches.size();
  }

  /** Ends all watches that are open, in good order. */
  void endWatches() {
    watches.forEach(watch -> watch.add(END));
  }

  @Override
  public void close() {
    release();
    endWatches();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      ExtendedSSLSession session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
      String sni =
          session.getRequestedServerNames().stream()
              .map(name -> new String(name.getEncoded(), StandardCharsets.US_ASCII))
              .findFirst()
              .orElse("none");
      URI uri = exchange.getRequestURI();
      Seen request =
          new Seen(sni, session.getPeerPrincipal().getName(), uri.getPath(), uri.getRawQuery());
      seen.add(request);
      headers.addAll(exchange.getRequestHeaders().keySet());
      arrived.release();
      held.await();
      answer(exchange, request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(HttpExchange exchange, Seen request) throws IOException {
    Refusal refused = refusal;
    if (request.client().equals(refused.client())) {
      refused.before().run();
      send(
          exchange,
          refused.status(),
          "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":" + refused.status() + "}");
    } else if (exchange.getRequestHeaders().containsKey("Upgrade")
        && "websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
      send(exchange, 500, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":500}");
    } else if (!request.path().endsWith("/pods")) {
      send(exchange, 404, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":404}");
    } else if (request.isWatch()) {
      watch(exchange);
    } else {
      send(
          exchange,
          200,
          "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},"
              + "\"items\":["
              + pod("pod-1", 1)
              + "]}");
    }
  }

  private void watch(HttpExchange exchange) throws IOException {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    OutputStream body = exchange.getResponseBody();
    body.flush();
    watches.add(events);
    try {
      for (String event = events.take(); !event.equals(END); event = events.take()) {
        body.write(event.getBytes(StandardCharsets.UTF_8));
        body.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      watches.remove(events);
    }
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static String pod(String name, int resourceVersion) {
    return """
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"%1$s","namespace":"default",\
        "uid":"%1$s","resourceVersion":"%2$d"},"spec":{"containers":[]},"status":{}}"""
        .formatted(name, resourceVersion);
  }

  /** The server's side of one certificate. */
  static final class ServerKey extends X509ExtendedKeyManager {
    private final TestPki.Identity identity;

    ServerKey(TestPki.Identity identity) {
      this.identity = identity;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return new String[] {"server"};
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return keyType.equals("EC") ? "server" : null;
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
      return keyType.equals("EC") ? "server" : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {identity.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identity.key();
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
      return null;
    }
  }
}
