package io.machineid.internal.transport;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The head of an HTTP/1 request. It may hold a secret: it has no text of its own.
 *
 * @param line the first line
 * @param headers the last of each, by its name in lower case
 */
record RequestHead(String line, Map<String, String> headers) {

  /** Copies. */
  RequestHead {
    headers = Map.copyOf(headers);
  }

  /** Reads no byte more than the head; empty where there is none. */
  static Optional<RequestHead> read(Socket socket, Duration longest) throws IOException {
    return HeadText.read(socket, longest)
        .map(text -> new RequestHead(HeadText.line(text), HeadText.headers(text)));
  }

  /** A header's value, empty where there is none. */
  String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  @Override
  public String toString() {
    return "RequestHead[" + line + "]";
  }
}
