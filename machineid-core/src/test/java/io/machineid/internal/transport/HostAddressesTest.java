package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** On Linux all of 127.0.0.0/8 is this machine. */
@EnabledOnOs(OS.LINUX)
class HostAddressesTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final HostAddresses TWO =
      new HostAddresses(
          host ->
              new InetAddress[] {
                InetAddress.getByName("127.0.0.8"), InetAddress.getByName("127.0.0.9")
              });

  private static InetSocketAddress at(int port) {
    return InetSocketAddress.createUnresolved("proxy.example.com", port);
  }

  @Test
  void secondAddress_isTriedWhereTheFirstIsDead() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 9, InetAddress.getByName("127.0.0.9"));
        Socket socket = TWO.connect(at(server.getLocalPort()), LONG)) {
      assertThat(socket.getInetAddress().getHostAddress()).isEqualTo("127.0.0.9");
    }
  }

  @Test
  void firstFailure_isToldWhereAllAreDead() throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket(0, 9, InetAddress.getByName("127.0.0.9"))) {
      port = server.getLocalPort();
    }
    assertThatThrownBy(() -> TWO.connect(at(port), LONG).close())
        .isInstanceOf(ConnectException.class)
        .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
  }

  /** Nobody connects to a multicast address: the operating system says so at once. */
  @Test
  void addressWithoutARoute_isAFailureOfConnecting() {
    HostAddresses multicast =
        new HostAddresses(host -> new InetAddress[] {InetAddress.getByName("224.0.0.1")});

    assertThatThrownBy(() -> multicast.connect(at(443), LONG).close())
        .satisfies(
            failure -> {
              assertThat(TransportErrors.isOfConnecting(failure)).isTrue();
              assertThat(TransportErrors.isCut(failure)).isFalse();
              assertThat(TransportErrors.inBrief(failure)).contains("no route leads there");
            });
  }

  @Test
  void nameWithoutAddresses_isUnknown() {
    HostAddresses none =
        new HostAddresses(
            host -> {
              throw new UnknownHostException(host);
            });

    assertThatThrownBy(() -> none.connect(at(443), LONG).close())
        .isInstanceOf(UnknownHostException.class);
  }
}
