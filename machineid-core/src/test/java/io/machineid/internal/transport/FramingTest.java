package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes in frames and chunks: what is read byte by byte, and what is sent. */
class FramingTest {

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  /** One byte at a time, and a time-out before each. */
  private static InputStream haltingly(byte[] bytes) {
    return new InputStream() {
      private int next;
      private boolean late;

      @Override
      public int read() {
        throw new UnsupportedOperationException();
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        late = !late;
        if (late) {
          throw new SocketTimeoutException();
        }
        if (next == bytes.length) {
          return -1;
        }
        into[offset] = bytes[next++];
        return 1;
      }
    };
  }

  private static String readAll(Framing framing) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[7];
    while (true) {
      try {
        int count = framing.read(some, 0, some.length);
        if (count < 0) {
          return all.toString(StandardCharsets.US_ASCII);
        }
        all.write(some, 0, count);
      } catch (SocketTimeoutException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void webSocket_frames_areReadWholeAndPingsAnswered() throws Exception {
    byte[] frames =
        hex(
            "8202 6162" // binary
                + "8904 70696e67" // ping
                + "8200" // an empty one
                + "0201 63 8001 64" // in two parts
                + "8a00" // pong
                + "8284 01020304 64646464" // masked
                + "8800 8201 7a"); // the end, and what comes after it
    WebSocketFraming framing = new WebSocketFraming(haltingly(frames), sent);

    assertThat(readAll(framing)).isEqualTo("abcd" + "efg`");

    byte[] pong = sent.toByteArray();
    assertThat(pong).startsWith(0x8a, 0x84).hasSize(10);
    byte[] said = new byte[4];
    for (int i = 0; i < said.length; i++) {
      said[i] = (byte) (pong[6 + i] ^ pong[2 + i]);
    }
    assertThat(said).asString(StandardCharsets.US_ASCII).isEqualTo("ping");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8102 6162", "8902", "82 ff ff ff ff ff ff ff ff ff", "897e 0100"})
  void webSocket_thatIsNone_isRefused(String frames) {
    WebSocketFraming framing =
        new WebSocketFraming(new ByteArrayInputStream(hex(frames.replace(" ", ""))), sent);

    if (frames.equals("8902")) {
      assertThat(catchEnd(framing)).isEqualTo(-1);
    } else {
      assertThatThrownBy(() -> framing.read(new byte[9], 0, 9)).isInstanceOf(IOException.class);
    }
  }

  private static int catchEnd(Framing framing) {
    try {
      return framing.read(new byte[9], 0, 9);
    } catch (IOException e) {
      return 0;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 16384, 16385, 70000})
  void webSocket_whatIsSent_comesBackAsItWas(int length) throws Exception {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');

    new WebSocketFraming(InputStream.nullInputStream(), sent).write(bytes, 0, length);

    // masked frames are read by the same rules
    WebSocketFraming back =
        new WebSocketFraming(new ByteArrayInputStream(sent.toByteArray()), sent);
    assertThat(readAll(back)).hasSize(length).matches("x*");
    assertThat(length == 0 || (sent.toByteArray()[1] & 0x80) != 0).isTrue();
  }

  /** A server may send much before it reads: the reader takes it, whatever the writer waits for. */
  @Test
  void webSocket_pingWhileTheWriterIsHeldUp_doesNotHoldUpTheReader() throws Exception {
    HeldUp out = new HeldUp();
    WebSocketFraming framing =
        new WebSocketFraming(new ByteArrayInputStream(hex("8902 6869 8201 61")), out);
    CompletableFuture<?> writer = inBackground(() -> framing.write(new byte[3], 0, 3));
    out.begun.await();
    byte[] read = new byte[1];

    inBackground(() -> framing.read(read, 0, 1)).get(60, TimeUnit.SECONDS);

    assertThat(read).containsExactly('a');
    out.free.countDown();
    writer.get(60, TimeUnit.SECONDS);
    assertThat(out.written).hasSize(2);
    assertThat(out.written.get(0)).startsWith(0x82, 0x83);
    assertThat(out.written.get(1)).startsWith(0x8a, 0x82).hasSize(8);
  }

  private interface Talk {
    void hold() throws Exception;
  }

  private static CompletableFuture<?> inBackground(Talk talk) {
    CompletableFuture<Boolean> end = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                talk.hold();
                end.complete(true);
              } catch (Exception e) {
                end.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return end;
  }

  /** Takes nothing until it is set free. */
  private static final class HeldUp extends OutputStream {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch free = new CountDownLatch(1);
    final List<byte[]> written = new CopyOnWriteArrayList<>();

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      begun.countDown();
      try {
        free.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      written.add(bytes.clone());
    }
  }

  @Test
  void chunks_areReadWholeAndPingsPassedOver() throws Exception {
    ChunkFraming framing =
        new ChunkFraming(haltingly(hex("00000002 6162 00000000 00000001 63")), sent);

    assertThat(readAll(framing)).isEqualTo("abc");

    framing.write("xyz".getBytes(StandardCharsets.US_ASCII), 1, 2);
    framing.write(new byte[0], 0, 0);
    assertThat(sent.toByteArray()).isEqualTo(hex("00000002 797a"));
  }

  @Test
  void chunk_whoseHeadIsCut_isAnError() {
    ChunkFraming framing = new ChunkFraming(new ByteArrayInputStream(hex("0000")), sent);

    assertThatThrownBy(() -> framing.read(new byte[1], 0, 1)).isInstanceOf(EOFException.class);
  }
}
