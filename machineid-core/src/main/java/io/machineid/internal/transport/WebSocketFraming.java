package io.machineid.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The client's side of RFC 6455: bytes in binary frames, and an answer to each ping. */
final class WebSocketFraming implements Framing {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int CONTINUATION = 0;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int LENGTH_IN_2 = 126;
  private static final int LENGTH_IN_8 = 127;
  private static final int MASK_BYTES = 4;
  private static final int CONTROL_LIMIT_BYTES = 125;
  private static final int LARGEST_FRAME_BYTES = 16 << 10;

  private final InputStream in;
  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();

  /** What a ping has said that is not answered yet. */
  private final AtomicReference<byte @Nullable []> ping = new AtomicReference<>();

  private final FrameHead head = new FrameHead();
  private byte[] mask = {};
  private int opcode = BINARY;
  private long left;
  private long position;
  private byte[] control = {};
  private int controlHave;
  private boolean inFrame;
  private boolean ended;

  WebSocketFraming(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (!ended) {
      if (!inFrame && !beginFrame()) {
        return -1;
      }
      if (opcode >= CLOSE) {
        takeControl();
      } else if (left == 0) {
        inFrame = false;
      } else {
        int count = in.read(into, offset, (int) Math.min(left, length));
        unmask(into, offset, count);
        left -= Math.max(0, count);
        return count;
      }
    }
    return -1;
  }

  /** Reads a frame's head; false at the end of the stream. */
  private boolean beginFrame() throws IOException {
    if (!head.fill(in, 2)) {
      return false;
    }
    int shortLength = head.at(1) & 0x7f;
    int lengthBytes = shortLength == LENGTH_IN_2 ? 2 : shortLength == LENGTH_IN_8 ? 8 : 0;
    int maskBytes = (head.at(1) & MASKED) == 0 ? 0 : MASK_BYTES;
    head.fill(in, 2 + lengthBytes + maskBytes);
    opcode = head.at(0) & 0x0f;
    left = lengthBytes == 0 ? shortLength : head.number(2, lengthBytes);
    mask = head.copy(2 + lengthBytes, maskBytes);
    position = 0;
    head.clear();
    check();
    inFrame = true;
    return true;
  }

  private void check() throws IOException {
    boolean control = opcode == CLOSE || opcode == PING || opcode == PONG;
    if ((!control && opcode != BINARY && opcode != CONTINUATION)
        || left < 0
        || (control && left > CONTROL_LIMIT_BYTES)) {
      throw new IOException("the server sent a WebSocket frame that does not belong here");
    }
    if (control) {
      this.control = new byte[(int) left];
      controlHave = 0;
    }
  }

  private void takeControl() throws IOException {
    while (controlHave < control.length) {
      int count = in.read(control, controlHave, control.length - controlHave);
      if (count < 0) {
        ended = true;
        return;
      }
      unmask(control, controlHave, count);
      controlHave += count;
    }
    inFrame = false;
    if (opcode == PING) {
      ping.set(control);
      answerPing();
    }
    ended = opcode == CLOSE;
  }

  private void unmask(byte[] bytes, int offset, int count) {
    for (int i = 0; mask.length > 0 && i < count; i++) {
      bytes[offset + i] ^= mask[(int) (position++ % MASK_BYTES)];
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int sent = 0; sent < length; ) {
      int part = Math.min(length - sent, LARGEST_FRAME_BYTES);
      send(frame(BINARY, bytes, offset + sent, part));
      sent += part;
    }
  }

  /** Leaves it to who is writing, if anybody is: who reads must not wait for the other side. */
  private void answerPing() throws IOException {
    while (ping.get() != null && writing.tryLock()) {
      try {
        byte[] said = ping.getAndSet(null);
        if (said != null) {
          put(frame(PONG, said, 0, said.length));
        }
      } finally {
        writing.unlock();
      }
    }
  }

  private void send(byte[] frame) throws IOException {
    writing.lock();
    try {
      put(frame);
    } finally {
      writing.unlock();
    }
    answerPing();
  }

  private void put(byte[] frame) throws IOException {
    out.write(frame);
    out.flush();
  }

  private static byte[] frame(int kind, byte[] bytes, int offset, int length) {
    int extended = length < LENGTH_IN_2 ? 0 : 2;
    int start = 2 + extended + MASK_BYTES;
    byte[] frame = new byte[start + length];
    frame[0] = (byte) (FINAL | kind);
    frame[1] = (byte) (MASKED | (extended == 0 ? length : LENGTH_IN_2));
    if (extended > 0) {
      frame[2] = (byte) (length >>> 8);
      frame[3] = (byte) length;
    }
    byte[] key = new byte[MASK_BYTES];
    RANDOM.nextBytes(key);
    System.arraycopy(key, 0, frame, start - MASK_BYTES, MASK_BYTES);
    for (int i = 0; i < length; i++) {
      frame[start + i] = (byte) (bytes[offset + i] ^ key[i % MASK_BYTES]);
    }
    return frame;
  }
}
