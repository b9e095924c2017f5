package io.machineid.internal.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Collects the few bytes before a frame's content; a time-out in their midst loses none. */
final class FrameHead {

  private static final int LONGEST = 14;

  private final byte[] bytes = new byte[LONGEST];
  private int have;

  /**
   * Has the first bytes of the head; blocks.
   *
   * @return false where the stream ends before the first one
   * @throws EOFException where it ends after that
   */
  boolean fill(InputStream in, int wanted) throws IOException {
    while (have < wanted) {
      int count = in.read(bytes, have, wanted - have);
      if (count < 0) {
        if (have == 0) {
          return false;
        }
        throw new EOFException("the connection ended within a frame");
      }
      have += count;
    }
    return true;
  }

  int at(int index) {
    return bytes[index] & 0xff;
  }

  /** A number of 2, 4 or 8 bytes, the highest first. */
  long number(int index, int size) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, index, size);
    return switch (size) {
      case 2 -> buffer.getShort() & 0xffffL;
      case 4 -> buffer.getInt() & 0xffff_ffffL;
      default -> buffer.getLong();
    };
  }

  byte[] copy(int index, int size) {
    byte[] part = new byte[size];
    System.arraycopy(bytes, index, part, 0, size);
    return part;
  }

  /** Begins the next one. */
  void clear() {
    have = 0;
  }
}
