package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams into pods, none of which runs. */
class PodStreamsTest {

  private static final String EXEC = "/api/v1/namespaces/default/pods/p1/exec";

  private final InMemoryKubernetes kubernetes = new InMemoryKubernetes(InstantSource.system());

  @AfterEach
  void close() {
    kubernetes.close();
  }

  private FakeExchange ask(String path, Map<String, List<String>> headers) {
    FakeExchange exchange = new FakeExchange(path, headers);
    kubernetes.handle(exchange);
    return exchange;
  }

  @Test
  void exec_webSocket_deliversTheErrorAsTheRealOneDoes() throws IOException {
    FakeExchange exchange =
        ask(
            EXEC,
            Map.of(
                "Upgrade", List.of("websocket"),
                "Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ=="),
                "Sec-WebSocket-Protocol", List.of("v4.channel.k8s.io")));

    assertThat(exchange.upgraded.firstValue("Sec-WebSocket-Accept"))
        .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assertThat(exchange.closed).isTrue();
    assertThat(exchange.written.toByteArray()).isEqualTo(golden());
  }

  private static byte[] golden() throws IOException {
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/kube/exec-websocket.txt")) {
      byte[] all = in.readAllBytes();
      String text = new String(all, StandardCharsets.ISO_8859_1);
      int start = text.indexOf("\r\n\r\n") + 4;
      int end = text.indexOf("\n# curl exit status");
      return Arrays.copyOfRange(all, start, end);
    }
  }

  @Test
  void exec_intoAPodThatRuns_givesBackItsInputUntilTheClientCloses() {
    running("p1");
    FakeExchange exchange = ask(EXEC, webSocket());
    assertThat(exchange.closed).isFalse();
    exchange.written.reset();

    byte[] frames = masked(0x82, new byte[] {0, 'h', 'i'});
    exchange.receive(Arrays.copyOf(frames, 4));
    assertThat(exchange.written.toByteArray()).as("of half a frame").isEmpty();
    exchange.receive(Arrays.copyOfRange(frames, 4, frames.length));
    exchange.receive(masked(0x89, new byte[] {7}));

    assertThat(exchange.written.toByteArray()).containsExactly(0x82, 3, 1, 'h', 'i', 0x8a, 1, 7);
    assertThat(exchange.closed).isFalse();
    exchange.receive(masked(0x88, new byte[] {3, (byte) 0xe8}));
    assertThat(exchange.closed).isTrue();
  }

  @Test
  void exec_longInput_comesBackWhole() {
    running("p1");
    FakeExchange exchange = ask(EXEC, webSocket());
    exchange.written.reset();

    exchange.receive(masked(0x82, new byte[70_000]));

    assertThat(exchange.written.toByteArray())
        .hasSize(10 + 70_000)
        .startsWith(0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70, 1);
  }

  @Test
  void portForward_intoAPodThatRuns_isAnEchoService() {
    running("p1");
    FakeExchange exchange = ask(EXEC.replace("exec", "portforward") + "?ports=8080", webSocket());
    assertThat(exchange.written.toByteArray())
        .containsExactly(0x82, 3, 0, 0x90, 0x1f, 0x82, 3, 1, 0x90, 0x1f);
    exchange.written.reset();

    exchange.receive(masked(0x82, new byte[] {0, 'h', 'i'}));

    assertThat(exchange.written.toByteArray()).containsExactly(0x82, 3, 0, 'h', 'i');
  }

  private void running(String pod) {
    kubernetes
        .fixture()
        .add(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: default},
             spec: {containers: [{name: main, image: example}]}, status: {phase: Running}}
            """
                .formatted(pod));
  }

  private static Map<String, List<String>> webSocket() {
    return Map.of(
        "Upgrade", List.of("websocket"),
        "Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ=="),
        "Sec-WebSocket-Protocol", List.of("v4.channel.k8s.io"));
  }

  /** A frame from a client. */
  private static byte[] masked(int first, byte[] payload) {
    byte[] frame = PodSession.frame(first, payload);
    int head = frame.length - payload.length;
    byte[] mask = {1, 2, 3, 4};
    byte[] all = new byte[frame.length + mask.length];
    System.arraycopy(frame, 0, all, 0, head);
    all[1] |= (byte) 0x80;
    System.arraycopy(mask, 0, all, head, mask.length);
    for (int i = 0; i < payload.length; i++) {
      all[head + mask.length + i] = (byte) (payload[i] ^ mask[i % mask.length]);
    }
    return all;
  }

  @Test
  void exec_withoutUpgrade_isRefused() {
    FakeExchange exchange = ask(EXEC, Map.of());

    assertThat(exchange.status).isEqualTo(500);
    assertThat(new String(exchange.answer, StandardCharsets.UTF_8))
        .contains("unable to upgrade: X-Stream-Protocol-Version is required");
  }

  @Test
  void portForward_anyPod_timesOut() {
    FakeExchange exchange =
        ask(EXEC.replace("exec", "portforward"), Map.of("Upgrade", List.of("SPDY/3.1")));

    assertThat(exchange.status).isEqualTo(504);
    assertThat(new String(exchange.answer, StandardCharsets.UTF_8))
        .contains("error upgrading connection");
  }

  @Test
  void exec_spdy_deliversTheErrorOnItsStream() {
    FakeExchange exchange =
        ask(
            EXEC,
            Map.of(
                "Upgrade", List.of("SPDY/3.1"),
                "X-Stream-Protocol-Version", List.of("v4.channel.k8s.io")));
    EmbeddedChannel client = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    DefaultSpdySynStreamFrame error = new DefaultSpdySynStreamFrame(1, 0, (byte) 0);
    error.headers().set("streamtype", "error");
    client.writeOutbound(error);
    for (ByteBuf out = client.readOutbound(); out != null; out = client.readOutbound()) {
      exchange.receive(ByteBufUtil.getBytes(out));
      out.release();
    }

    client.writeInbound(Unpooled.wrappedBuffer(exchange.written.toByteArray()));

    Object reply = client.readInbound();
    assertThat(reply).isInstanceOf(SpdySynReplyFrame.class);
    SpdyDataFrame data = client.readInbound();
    assertThat(data.isLast()).isTrue();
    assertThat(data.content().toString(StandardCharsets.UTF_8))
        .contains("pods \\\"p1\\\" not found");
    data.release();
    client.finishAndReleaseAll();
  }
}
