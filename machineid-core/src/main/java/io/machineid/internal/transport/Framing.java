package io.machineid.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** How bytes travel on an upgraded connection. One reader and one writer at a time. */
interface Framing {

  /**
   * Reads some bytes that the server sent; blocks until there are some. A time-out of the socket
   * loses nothing.
   *
   * @return how many, or -1 at the end
   */
  int read(byte[] into, int offset, int length) throws IOException;

  /** Sends bytes. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** As they are. */
  static Framing none(InputStream in, OutputStream out) {
    return new Framing() {
      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return in.read(into, offset, length);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }
    };
  }
}
