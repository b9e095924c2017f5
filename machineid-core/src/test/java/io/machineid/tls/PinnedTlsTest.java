package io.machineid.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.machineid.tls.TlsPeer.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.KeyManagementException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinnedTlsTest {

  private static final String NAME = "kube-teleport-proxy-alpn.teleport.localtest";

  private final Issued hostAuthority = Issued.authority("host");
  private final Issued userAuthority = Issued.authority("user");
  private final Issued client = userAuthority.client("bot-example");
  private final SSLContext pinned = pinnedTo(NAME);

  @Test
  void engine_parametersOfTheCaller_doNotUndoTheName() {
    SSLEngine engine = pinned.createSSLEngine("other.example", 443);
    engine.setUseClientMode(true);

    engine.setSSLParameters(loose());

    assertThat(engine.getPeerHost()).isEqualTo(NAME);
    assertThat(engine.getApplicationProtocol()).isNull();
    assertPinned(engine.getSSLParameters());
  }

  @Test
  void engine_withoutPeer_isPinnedToo() {
    SSLEngine engine = pinned.createSSLEngine();

    assertThat(engine.getPeerHost()).isEqualTo(NAME);
    assertThat(engine.getUseClientMode()).isTrue();
    assertThat(engine.getSSLParameters().getServerNames()).containsExactly(new SNIHostName(NAME));
  }

  @ParameterizedTest
  @ValueSource(strings = {"layered", "by name", "by address"})
  void socket_anyWayItIsMade_sendsTheNameAndTheCertificate(String way) throws Exception {
    try (TlsPeer server = new TlsPeer(hostAuthority.server(NAME), userAuthority.certificate());
        SSLSocket socket = socket(way, server.port())) {
      socket.setSSLParameters(loose());
      socket.startHandshake();

      assertPinned(socket.getSSLParameters());
      assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
      assertThat(socket.getSession().getPeerHost()).isEqualTo(NAME);
      assertThat(server.seen()).isEqualTo(NAME + " CN=bot-example");
    }
  }

  @Test
  void keyManager_serverNamesOtherIssuers_offersItsKeyAllTheSame() throws Exception {
    try (TlsPeer server =
            new TlsPeer(
                hostAuthority.server(NAME),
                userAuthority.certificate(),
                Issued.authority("unrelated").certificate());
        SSLSocket socket = socket("layered", server.port())) {
      socket.startHandshake();

      assertThat(server.seen()).endsWith("CN=bot-example");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"layered", "by name", "by address"})
  void socket_certificateOfTheHostOnly_isRefused(String way) throws Exception {
    try (TlsPeer server =
            new TlsPeer(
                hostAuthority.server("localhost", "127.0.0.1"), userAuthority.certificate());
        SSLSocket socket = socket(way, server.port())) {
      assertThatExceptionOfType(SSLHandshakeException.class)
          .isThrownBy(socket::startHandshake)
          .withMessageContaining(NAME);
    }
  }

  @Test
  void socket_otherAuthority_isRefused() throws Exception {
    try (TlsPeer server =
            new TlsPeer(Issued.authority("host").server(NAME), userAuthority.certificate());
        SSLSocket socket = socket("layered", server.port())) {
      assertThatExceptionOfType(SSLHandshakeException.class).isThrownBy(socket::startHandshake);
    }
  }

  @Test
  void address_insteadOfAName_isVerifiedAndNotSent() throws Exception {
    SSLContext byAddress = pinnedTo("127.0.0.1");
    try (TlsPeer right =
            new TlsPeer(hostAuthority.server("127.0.0.1"), userAuthority.certificate());
        TlsPeer wrong =
            new TlsPeer(hostAuthority.server("localhost"), userAuthority.certificate());
        SSLSocket toRight = connect(byAddress, right.port());
        SSLSocket toWrong = connect(byAddress, wrong.port())) {
      toRight.startHandshake();
      assertThat(right.seen()).isEqualTo("none CN=bot-example");
      assertThatExceptionOfType(SSLHandshakeException.class).isThrownBy(toWrong::startHandshake);
    }
  }

  @Test
  void context_usedInWaysThatUnpin_refuses() {
    assertThatExceptionOfType(KeyManagementException.class)
        .isThrownBy(() -> pinned.init(null, null, null));
    assertThatExceptionOfType(SocketException.class)
        .isThrownBy(() -> pinned.getSocketFactory().createSocket());
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(pinned::getServerSocketFactory);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pinned.createSSLEngine().setUseClientMode(false));
  }

  @Test
  void trustManager_noAuthority_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> PinnedTls.trustManager(List.of()));
  }

  private SSLSocket socket(String way, int port) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Socket socket =
        switch (way) {
          case "layered" ->
              pinned
                  .getSocketFactory()
                  .createSocket(new Socket(loopback, port), "localhost", port, true);
          case "by name" -> pinned.getSocketFactory().createSocket("localhost", port);
          default -> pinned.getSocketFactory().createSocket(loopback, port);
        };
    return (SSLSocket) socket;
  }

  private static SSLSocket connect(SSLContext context, int port) throws IOException {
    return (SSLSocket)
        context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
  }

  private SSLContext pinnedTo(String name) {
    return PinnedTls.context(
        name, client.key(), client.certificate(), List.of(hostAuthority.certificate()));
  }

  /** What an HTTP client would set: the host of its URL, its ALPN list, and no verification. */
  private static SSLParameters loose() {
    SSLParameters parameters = new SSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("other.example")));
    parameters.setEndpointIdentificationAlgorithm("");
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    return parameters;
  }

  private static void assertPinned(SSLParameters parameters) {
    assertThat(parameters.getServerNames()).containsExactly(new SNIHostName(NAME));
    assertThat(parameters.getEndpointIdentificationAlgorithm()).isEqualTo("HTTPS");
    assertThat(parameters.getApplicationProtocols()).containsExactly("h2", "http/1.1");
  }
}
