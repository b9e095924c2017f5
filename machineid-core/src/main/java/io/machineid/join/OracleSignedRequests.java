package io.machineid.join;

import java.util.Map;
import java.util.stream.Stream;

/**
 * The headers of two signed requests to Oracle's authentication service, by which Teleport 17 finds
 * out which instance it has before it. They are secrets for some minutes; {@code toString()} shows
 * neither.
 */
public final class OracleSignedRequests {

  private final Map<String, String> headers;
  private final Map<String, String> payloadHeaders;

  private OracleSignedRequests(Map<String, String> headers, Map<String, String> payloadHeaders) {
    this.headers = headers;
    this.payloadHeaders = payloadHeaders;
  }

  /**
   * Holds evidence.
   *
   * @param headers those of the request that is sent
   * @param payloadHeaders those of the request that this one asks about; they are its body
   * @return the evidence
   */
  public static OracleSignedRequests of(
      Map<String, String> headers, Map<String, String> payloadHeaders) {
    return new OracleSignedRequests(Map.copyOf(headers), Map.copyOf(payloadHeaders));
  }

  /**
   * The headers of the request that is sent: do not log them.
   *
   * @return values by names
   */
  public Map<String, String> exposeHeaders() {
    return headers;
  }

  /**
   * The headers of the request that this one asks about: do not log them.
   *
   * @return values by names
   */
  public Map<String, String> exposePayloadHeaders() {
    return payloadHeaders;
  }

  long size() {
    return Stream.of(headers, payloadHeaders)
        .flatMap(all -> all.entrySet().stream())
        .mapToLong(header -> (long) header.getKey().length() + header.getValue().length())
        .sum();
  }

  @Override
  public String toString() {
    return "OracleSignedRequests[…]";
  }
}
