package io.machineid.internal.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the port on loopback does with those who may not be there, and when things break. */
class TunnelServerTest {

  private static final HostPort TARGET = HostPort.parse("teleport.example.com:443");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket connect(TunnelServer server) throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    sockets.add(socket);
    return socket;
  }

  private static void ask(TunnelServer server, Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            "CONNECT %s HTTP/1.1\r\nProxy-Authorization: %s\r\n\r\n"
                .formatted(TARGET, server.authorization())
                .getBytes(US_ASCII));
  }

  private boolean isLetIn(TunnelServer server) {
    try {
      Socket socket = connect(server);
      ask(server, socket);
      return new String(socket.getInputStream().readNBytes(12), US_ASCII).equals("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void thoseWhoSayNothing_areFew_andOthersComeInAfterThem() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    try (ServerSocket far = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        TunnelServer server =
            new TunnelServer(
                TARGET,
                any -> {
                  opened.incrementAndGet();
                  return new Socket(far.getInetAddress(), far.getLocalPort());
                },
                0)) {
      for (int i = 0; i < Pipes.STRANGERS + 4; i++) {
        assertThat(isLetIn(server)).as("the secret opens the way, however many are in").isTrue();
      }
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < Pipes.STRANGERS; i++) {
        silent.add(connect(server));
      }

      assertThat(connect(server).getInputStream().read()).as("one too many").isEqualTo(-1);

      for (Socket each : silent) {
        each.close();
      }
      await().atMost(PATIENCE).until(() -> isLetIn(server));
      assertThat(opened).hasValueGreaterThan(Pipes.STRANGERS + 4);
    }
  }

  @Test
  void failedAccept_endsNeitherThePortNorTheOthers() throws Exception {
    AtomicInteger accepts = new AtomicInteger();
    try (Pipes pipes = new Pipes("test");
        ServerSocket port =
            new ServerSocket(0, 0, InetAddress.getLoopbackAddress()) {
              @Override
              public Socket accept() throws IOException {
                return switch (accepts.incrementAndGet()) {
                  case 1 -> throw new OutOfMemoryError("unable to create native thread");
                  case 2 -> throw new IOException("Too many open files");
                  default -> super.accept();
                };
              }
            }) {
      pipes.accept(port, client -> client.getOutputStream().write('x'));

      try (Socket client = new Socket(port.getInetAddress(), port.getLocalPort())) {
        client.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        assertThat(client.getInputStream().read()).isEqualTo('x');
      }
    }
  }

  @Test
  void farEnd_isClosedWhenTheClientIsGone() throws Exception {
    AtomicReference<TunnelServer> running = new AtomicReference<>();
    AtomicReference<Socket> opened = new AtomicReference<>();
    try (ServerSocket far = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        TunnelServer server =
            new TunnelServer(
                TARGET,
                any -> {
                  running.get().close();
                  opened.set(new Socket(far.getInetAddress(), far.getLocalPort()));
                  return opened.get();
                },
                0)) {
      running.set(server);
      ask(server, connect(server));

      await().atMost(PATIENCE).until(() -> opened.get() != null && opened.get().isClosed());
    }
  }
}
