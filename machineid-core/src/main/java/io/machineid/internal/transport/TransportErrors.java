package io.machineid.internal.transport;

import io.machineid.ConfigException;
import io.machineid.ConnectionException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong on the way to a server, in words: the one place that tells these faults apart.
 */
public final class TransportErrors {

  private static final int DEPTH_LIMIT = 12;

  /**
   * The operating systems' words, for what a person reads. They decide nothing: an established
   * connection fails with the same words, after calls were sent.
   */
  private static final List<String> WITHOUT_ROUTE =
      List.of("unreachable", "No route to host", "Protocol family unavailable");

  private TransportErrors() {}

  /**
   * The typed error for a failed exchange.
   *
   * @param cause what the transport threw
   * @param address the server, for the message
   * @param what the call, for the message
   */
  public static MachineIdException of(Throwable cause, Object address, String what) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof MachineIdException known) {
        return known;
      }
    }
    String call = "%s at %s".formatted(what, address);
    HttpProxyFailure proxy = find(cause, HttpProxyFailure.class);
    if (proxy != null) {
      return atProxy(proxy, call);
    }
    if (isUntrusted(cause)) {
      return new ConnectionException(
          Reason.UNTRUSTED,
          false,
          "%s: the server's certificate is not trusted: %s. If a private CA issued it, give that CA as a root; if the name is wrong, check the address"
              .formatted(call, innermost(cause)),
          cause);
    }
    if (find(cause, UnknownHostException.class) != null
        || find(cause, UnresolvedAddressException.class) != null) {
      return unreachable(
          "%s: the name cannot be resolved. Check the address and DNS".formatted(call), cause);
    }
    if (find(cause, HttpTimeoutException.class) != null
        || find(cause, SocketTimeoutException.class) != null
        || isOfKernelsTimer(cause)
        || cause instanceof TimeoutException) {
      return new ConnectionException(
          Reason.TIMEOUT,
          true,
          "%s: no answer in time. Check address, firewall and load".formatted(call),
          cause);
    }
    if (isWithoutRoute(cause)) {
      return unreachable("%s: %s".formatted(call, withoutRoute(cause, address)), cause);
    }
    if (find(cause, ConnectException.class) != null) {
      return unreachable(
          "%s: the connection was refused. Check that the server runs and the port is right"
              .formatted(call),
          cause);
    }
    if (find(cause, SSLException.class) != null) {
      return unreachable(
          "%s: TLS failed: %s. Check that the port is one of Teleport's"
              .formatted(call, innermost(cause)),
          cause);
    }
    if (find(cause, AnswerTooLarge.class) != null) {
      return new ConnectionException(
          Reason.BAD_RESPONSE,
          false,
          "%s: %s; a Teleport server does not answer that. Check the address"
              .formatted(call, innermost(cause)),
          cause);
    }
    if (cause instanceof InterruptedException) {
      return new ConnectionException(
          Reason.TIMEOUT, true, call + ": the calling thread was interrupted", cause);
    }
    return unreachable("%s: the connection broke: %s".formatted(call, innermost(cause)), cause);
  }

  /** A connection that the operating system gave up, before we did. */
  private static boolean isOfKernelsTimer(Throwable cause) {
    ConnectException failure = find(cause, ConnectException.class);
    return failure != null && innermost(failure).contains("timed out");
  }

  /** Whether no packet gets there, in words: routes, address families, VPNs. */
  private static boolean isWithoutRoute(Throwable cause) {
    SocketException failure = find(cause, SocketException.class);
    String text = failure == null ? "" : innermost(failure);
    return isOfConnectingWithoutRoute(cause) || WITHOUT_ROUTE.stream().anyMatch(text::contains);
  }

  /** By the types that come from connecting alone; other failures of it are ConnectExceptions. */
  private static boolean isOfConnectingWithoutRoute(Throwable cause) {
    return find(cause, NoRouteToHostException.class) != null
        || find(cause, UnsupportedAddressTypeException.class) != null;
  }

  private static String withoutRoute(Throwable cause, Object address) {
    boolean ipv6 = String.valueOf(address).startsWith("[");
    return "no route leads there from this machine (%s). %s"
        .formatted(
            innermost(cause),
            ipv6
                ? "Give this machine, or its container, IPv6 with a route, or give an address that it reaches by IPv4"
                : "Check its routes, firewall and VPN; where the name has addresses of IPv6 only, this machine, or its container, needs IPv6 with a route");
  }

  private static MachineIdException atProxy(HttpProxyFailure failure, String call) {
    String message = "%s: %s".formatted(call, failure.getMessage());
    return failure.isConfiguration()
        ? new ConfigException(message, failure)
        : new ConnectionException(Reason.UNREACHABLE, failure.isPassing(), message, failure);
  }

  /**
   * Whether a connection, or a TLS handshake, was cut in the middle: not whether it was refused,
   * not answered, or not trusted.
   *
   * @param cause what the transport threw
   */
  public static boolean isCut(Throwable cause) {
    boolean settled =
        Stream.of(
                CertificateException.class,
                UnknownHostException.class,
                UnresolvedAddressException.class,
                HttpTimeoutException.class,
                SocketTimeoutException.class,
                ConnectException.class,
                NoRouteToHostException.class,
                UnsupportedAddressTypeException.class,
                AnswerTooLarge.class)
            .anyMatch(type -> find(cause, type) != null);
    boolean broken =
        find(cause, SSLException.class) == null
            || find(cause, EOFException.class) != null
            || find(cause, SocketException.class) != null;
    return !settled && broken && find(cause, IOException.class) != null;
  }

  /**
   * Whether there was no connection at all, so that nobody has been met.
   *
   * @param cause what the transport threw
   */
  public static boolean isOfNetwork(Throwable cause) {
    return Stream.of(
                UnknownHostException.class,
                UnresolvedAddressException.class,
                ConnectException.class,
                HttpConnectTimeoutException.class)
            .anyMatch(type -> find(cause, type) != null)
        || isOfConnectingWithoutRoute(cause);
  }

  /**
   * Whether it failed while connecting, or because one side did not take the other for what it says
   * to be: the server has read no call.
   *
   * @param cause what the transport threw, or what that was made into
   */
  public static boolean isOfConnecting(Throwable cause) {
    return isOfNetwork(cause)
        || isUntrusted(cause)
        || isOfClientCertificate(cause)
        || find(cause, SSLHandshakeException.class) != null
        || find(cause, HttpProxyFailure.class) != null;
  }

  private static ConnectionException unreachable(String message, Throwable cause) {
    return new ConnectionException(Reason.UNREACHABLE, true, message, cause);
  }

  /**
   * Whether it was the server's certificate that was not liked.
   *
   * @param cause what the transport threw
   */
  public static boolean isUntrusted(Throwable cause) {
    return find(cause, CertificateException.class) != null || isTrustFailure(cause);
  }

  /**
   * Whether it was our certificate that the server did not like, by what it said in TLS.
   *
   * @param cause what the transport threw, or what that was made into
   */
  public static boolean isOfClientCertificate(Throwable cause) {
    SSLException tls = find(cause, SSLException.class);
    String text = tls == null ? "" : String.valueOf(tls.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("alert")
        && Stream.of("certificate", "unknown_ca", "access_denied").anyMatch(text::contains);
  }

  /** JSSE reports some name mismatches without a CertificateException. */
  private static boolean isTrustFailure(Throwable cause) {
    SSLException tls = find(cause, SSLException.class);
    String text = tls == null ? null : tls.getMessage();
    return text != null && (text.contains("PKIX") || text.contains("No subject alternative"));
  }

  private static <T> @Nullable T find(Throwable cause, Class<T> type) {
    Throwable at = cause;
    for (int depth = 0; at != null && depth < DEPTH_LIMIT; depth++, at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }

  /**
   * What happened, in few words for the middle of a sentence.
   *
   * @param cause what the transport threw
   */
  public static String inBrief(Throwable cause) {
    if (isUntrusted(cause)) {
      return innermost(cause).contains("subject alternative")
              || innermost(cause).contains("No name matching")
          ? "it is for another name"
          : "no CA that is trusted here has issued it (%s)".formatted(innermost(cause));
    }
    if (find(cause, UnknownHostException.class) != null
        || find(cause, UnresolvedAddressException.class) != null) {
      return "its name cannot be resolved";
    }
    if (isWithoutRoute(cause)) {
      return "no route leads there from this machine";
    }
    if (find(cause, HttpTimeoutException.class) != null
        || find(cause, SocketTimeoutException.class) != null
        || isOfKernelsTimer(cause)) {
      return "no answer in time";
    }
    return find(cause, ConnectException.class) == null
        ? innermost(cause)
        : "the connection was refused";
  }

  private static String innermost(Throwable cause) {
    Throwable at = cause;
    for (int depth = 0; at.getCause() != null && depth < DEPTH_LIMIT; depth++) {
      at = at.getCause();
    }
    if (at instanceof UnsupportedAddressTypeException) {
      return "this process uses no addresses of that family";
    }
    String text = at.getMessage();
    boolean plain = at instanceof IOException || at instanceof CompletionException || text != null;
    return plain && text != null ? text : at.getClass().getSimpleName();
  }
}
