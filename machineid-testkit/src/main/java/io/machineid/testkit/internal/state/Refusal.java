package io.machineid.testkit.internal.state;

import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that the cluster refuses, with the words that it uses for that. */
public final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final String words;
  private final @Nullable Duration retryAfter;

  /** With the words that the client reads. */
  public Refusal(Kind kind, String words) {
    this(kind, words, null);
  }

  private Refusal(Kind kind, String words, @Nullable Duration retryAfter) {
    super(words, null, false, false);
    this.kind = kind;
    this.words = words;
    this.retryAfter = retryAfter;
  }

  /** The kinds of refusal, as HTTP and gRPC number them. */
  public enum Kind {
    /** Not there. */
    NOT_FOUND(404, Status.Code.NOT_FOUND),
    /** Malformed, or against the state of things. */
    BAD_PARAMETER(400, Status.Code.INVALID_ARGUMENT),
    /** Not in this cluster. */
    NOT_IMPLEMENTED(501, Status.Code.UNIMPLEMENTED),
    /** Somebody else was faster. */
    COMPARE_FAILED(412, Status.Code.FAILED_PRECONDITION),
    /** Too many calls. */
    LIMIT_EXCEEDED(429, Status.Code.RESOURCE_EXHAUSTED),
    /** What is behind the server is not there now. */
    CONNECTION_PROBLEM(503, Status.Code.UNAVAILABLE),
    /** Not for this caller. */
    ACCESS_DENIED(403, Status.Code.PERMISSION_DENIED),
    /** Anything else. */
    OTHER(500, Status.Code.UNKNOWN);

    private final int httpStatus;
    private final Status.Code code;

    Kind(int httpStatus, Status.Code code) {
      this.httpStatus = httpStatus;
      this.code = code;
    }
  }

  /** Access denied. */
  public static Refusal denied(String words) {
    return new Refusal(Kind.ACCESS_DENIED, words);
  }

  /** Bad parameter. */
  public static Refusal bad(String words) {
    return new Refusal(Kind.BAD_PARAMETER, words);
  }

  /** Not found. */
  public static Refusal notFound(String words) {
    return new Refusal(Kind.NOT_FOUND, words);
  }

  /** Too many calls; over HTTP the client is told when to come again, in whole seconds. */
  public static Refusal limited(String words, Duration retryAfter) {
    return new Refusal(Kind.LIMIT_EXCEEDED, words, retryAfter);
  }

  /** Anything else. */
  public static Refusal other(String words) {
    return new Refusal(Kind.OTHER, words);
  }

  /** The words. */
  public String words() {
    return words;
  }

  /** As HTTP has it. */
  public int httpStatus() {
    return kind.httpStatus;
  }

  /** When to come again, where the client is told. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** As gRPC has it. */
  public Status grpcStatus() {
    return kind.code.toStatus().withDescription(words);
  }
}
