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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of an HTTP/1 response that is followed by something else than HTTP.
 *
 * @param status the status
 * @param headers the last of each, by its name in lower case
 */
record ResponseHead(int status, Map<String, String> headers) {

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");
  private static final int LIMIT_BYTES = 16 << 10;
  private static final String END = "\r\n\r\n";

  /** Copies. */
  ResponseHead {
    headers = Map.copyOf(headers);
  }

  /**
   * Reads no byte more than the head.
   *
   * @param socket where it comes from; its time-out is none afterwards
   * @param longest how long the whole of it may take
   * @return the head, or empty where something else answers
   */
  static Optional<ResponseHead> read(Socket socket, Duration longest) throws IOException {
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
    return parse(head.toString());
  }

  private static Optional<ResponseHead> parse(String head) {
    Matcher line = STATUS.matcher(head.substring(0, head.indexOf("\r\n")));
    if (!line.matches()) {
      return Optional.empty();
    }
    Map<String, String> headers = new HashMap<>();
    head.lines()
        .skip(1)
        .filter(header -> header.indexOf(':') > 0)
        .forEach(
            header ->
                headers.put(
                    header.substring(0, header.indexOf(':')).strip().toLowerCase(Locale.ROOT),
                    header.substring(header.indexOf(':') + 1).strip()));
    return Optional.of(new ResponseHead(Integer.parseInt(line.group(1)), headers));
  }

  /** A header's value, empty where there is none. */
  String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }
}
