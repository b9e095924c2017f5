package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What decides whether a call can have been carried out. */
class TransportErrorsTest {

  /** Linux says this of reads, too, once a neighbour or a route is gone. */
  @ParameterizedTest
  @ValueSource(strings = {"No route to host", "Network is unreachable", "Connection reset"})
  void establishedConnection_thatFails_isNotOfConnecting(String words) {
    SocketException failure = new SocketException(words);

    assertThat(TransportErrors.isOfConnecting(failure)).isFalse();
    assertThat(TransportErrors.isOfNetwork(failure)).isFalse();
    assertThat(TransportErrors.isCut(failure)).isTrue();
  }

  static Stream<IOException> ofConnecting() {
    IOException otherFamily = new ConnectException();
    otherFamily.initCause(new UnsupportedAddressTypeException());
    return Stream.of(
        new NoRouteToHostException("No route to host"),
        new ConnectException("Network is unreachable"),
        otherFamily,
        new IOException(new UnsupportedAddressTypeException()));
  }

  @ParameterizedTest
  @MethodSource("ofConnecting")
  void connectionWithoutARoute_isOfConnecting(IOException failure) {
    assertThat(TransportErrors.isOfConnecting(failure)).isTrue();
    assertThat(TransportErrors.isOfNetwork(failure)).isTrue();
    assertThat(TransportErrors.isCut(failure)).isFalse();
    assertThat(TransportErrors.inBrief(failure))
        .isEqualTo("no route leads there from this machine");
  }

  @Test
  void addressOfAnotherFamily_isToldInWords() {
    assertThat(
            TransportErrors.of(
                new IOException(new UnsupportedAddressTypeException()), "[2001:db8::1]:443", "GET"))
        .hasMessageContaining("no route leads there")
        .hasMessageContaining("IPv6")
        .hasMessageNotContaining("UnsupportedAddressType");
  }
}
