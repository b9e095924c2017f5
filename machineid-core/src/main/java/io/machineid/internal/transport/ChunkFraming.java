package io.machineid.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Chunks with their length before them, in four bytes. An empty one is a ping, which nobody
 * answers.
 */
final class ChunkFraming implements Framing {

  private static final int HEAD_BYTES = 4;

  private final InputStream in;
  private final OutputStream out;
  private final FrameHead head = new FrameHead();
  private long left;

  ChunkFraming(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (left == 0) {
      if (!head.fill(in, HEAD_BYTES)) {
        return -1;
      }
      left = head.number(0, HEAD_BYTES);
      head.clear();
    }
    int count = in.read(into, offset, (int) Math.min(left, length));
    left -= Math.max(0, count);
    return count;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    byte[] chunk = new byte[HEAD_BYTES + length];
    for (int i = 0; i < HEAD_BYTES; i++) {
      chunk[i] = (byte) (length >>> (24 - 8 * i));
    }
    System.arraycopy(bytes, offset, chunk, HEAD_BYTES, length);
    out.write(chunk);
    out.flush();
  }
}
