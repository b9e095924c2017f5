package io.machineid.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The text of an HTTP/1 head, of bounded size, read in bounded time. */
final class HeadText {

  private static final int LIMIT_BYTES = 16 << 10;
  private static final String END = "\r\n\r\n";

  private HeadText() {}

  /**
   * Reads no byte more than the head.
   *
   * @param socket where it comes from; its time-out is none afterwards
   * @param longest how long the whole of it may take
   * @return the head, or empty where it has no end
   */
  static Optional<String> read(Socket socket, Duration longest) throws IOException {
    long deadline = System.nanoTime() + longest.toNanos();
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf(END, Math.max(0, head.length() - END.length())) < 0) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new SocketTimeoutException("it does not answer in time");
      }
      socket.setSoTimeout(Math.toIntExact(left));
      int next = in.read();
      if (next < 0 || head.length() == LIMIT_BYTES) {
        return Optional.empty();
      }
      head.append((char) next);
    }
    socket.setSoTimeout(0);
    return Optional.of(head.toString());
  }

  /** The first line. */
  static String line(String head) {
    return head.substring(0, head.indexOf("\r\n"));
  }

  /** The last of each header, by its name in lower case. */
  static Map<String, String> headers(String head) {
    Map<String, String> headers = new HashMap<>();
    head.lines()
        .skip(1)
        .filter(header -> header.indexOf(':') > 0)
        .forEach(
            header ->
                headers.put(
                    header.substring(0, header.indexOf(':')).strip().toLowerCase(Locale.ROOT),
                    header.substring(header.indexOf(':') + 1).strip()));
    return headers;
  }
}
