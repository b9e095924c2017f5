package io.machineid.internal.transport;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
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
    return HeadText.read(socket, longest).flatMap(ResponseHead::parse);
  }

  private static Optional<ResponseHead> parse(String head) {
    Matcher line = STATUS.matcher(HeadText.line(head));
    return line.matches()
        ? Optional.of(new ResponseHead(Integer.parseInt(line.group(1)), HeadText.headers(head)))
        : Optional.empty();
  }

  /** A header's value, empty where there is none. */
  String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }
}
