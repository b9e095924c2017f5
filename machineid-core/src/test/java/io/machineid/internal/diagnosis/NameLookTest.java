package io.machineid.internal.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.internal.transport.HostAddresses;
import io.machineid.internal.transport.HostPort;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** On Linux all of 127.0.0.0/8 is this machine. */
@EnabledOnOs(OS.LINUX)
class NameLookTest {

  private static NameLook knowing(String... addresses) {
    return new NameLook(
        new HostAddresses(
            host -> Stream.of(addresses).map(NameLookTest::literal).toArray(InetAddress[]::new)));
  }

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void deadAddress_isNamedBesideThoseThatAnswer() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 9, literal("127.0.0.9"))) {
      HostPort address = new HostPort("proxy.example.com", server.getLocalPort());

      assertThat(knowing("127.0.0.8", "127.0.0.9").explain(address))
          .contains(
              "The name has 2 addresses: 127.0.0.8 does not answer (the connection was refused), 127.0.0.9 does. Web requests take the first one alone: have the dead one taken out of DNS, or give a name or an address that answers");
      assertThat(knowing("127.0.0.8", "127.0.0.7").explain(address))
          .contains(
              "The name has 2 addresses: 127.0.0.8 does not answer (the connection was refused), 127.0.0.7 does not answer (the connection was refused). None of them answers");
    }
  }

  @Test
  void oneAddress_needsNoWord() {
    assertThat(knowing("127.0.0.8").explain(new HostPort("proxy.example.com", 1))).isEmpty();
  }
}
