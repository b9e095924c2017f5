package io.machineid.internal.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * One request to the JSON API that auth services have beside gRPC, by the ways that gRPC goes. In
 * HTTP/1.0: the answer ends where the connection does.
 */
public final class AuthHttp {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int LIMIT_BYTES = 1 << 20;
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");

  private AuthHttp() {}

  /**
   * An answer.
   *
   * @param status the status
   * @param headers the last of each, by its name in lower case
   * @param body what follows
   */
  public record Answer(int status, Map<String, String> headers, String body) {

    /** Copies. */
    public Answer {
      headers = Map.copyOf(headers);
    }

    /** A header's value, empty where there is none. */
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  /**
   * Sends a document, once; blocks.
   *
   * @param route the way to the auth service
   * @param tls pinned to the route's name; holds the client's certificate
   * @param path the path
   * @param json the document
   * @throws io.machineid.MachineIdException when there is no answer
   */
  public static Answer post(AuthRoute route, SSLContext tls, String path, byte[] json) {
    AuthDialer dialer = new AuthDialer(route.forHttp1(), tls);
    try (Socket socket = dialer.dial()) {
      OutputStream out = socket.getOutputStream();
      out.write(head(path, json.length).getBytes(StandardCharsets.US_ASCII));
      out.write(json);
      out.flush();
      return answer(socket);
    } catch (IOException e) {
      throw TransportErrors.of(e, route.address(), "POST " + path);
    }
  }

  private static String head(String path, int length) {
    return "POST %s HTTP/1.0\r\nHost: %s\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: %d\r\n\r\n"
        .formatted(path, AuthRoute.ANY_CLUSTER, length);
  }

  private static Answer answer(Socket socket) throws IOException {
    Optional<ResponseHead> head = ResponseHead.read(socket, TIMEOUT);
    if (head.isEmpty()) {
      throw new EOFException("no answer in HTTP");
    }
    socket.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
    return new Answer(
        head.get().status(), head.get().headers(), body(socket.getInputStream(), head.get()));
  }

  private static String body(InputStream in, ResponseHead head) throws IOException {
    String length = head.header("Content-Length");
    // Where the length is told, how the connection ends does not matter.
    byte[] body =
        in.readNBytes(DIGITS.matcher(length).matches() ? bounded(length) : LIMIT_BYTES + 1);
    if (body.length > LIMIT_BYTES) {
      throw new AnswerTooLarge(LIMIT_BYTES);
    }
    if (!length.isEmpty() && !length.equals(Integer.toString(body.length))) {
      throw new EOFException("the answer was cut off");
    }
    return new String(body, StandardCharsets.UTF_8);
  }

  private static int bounded(String length) {
    return Math.min(Integer.parseInt(length), LIMIT_BYTES + 1);
  }
}
