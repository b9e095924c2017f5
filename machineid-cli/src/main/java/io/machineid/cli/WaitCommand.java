package io.machineid.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code machineid wait}: until a process that was started elsewhere is ready. */
@Command(
    name = "wait",
    description = "Wait until `start` with a diagnostics address is ready.",
    footer = {"", "Exit code 0 when it is, 1 when it is not in time."})
final class WaitCommand extends Subcommand implements Callable<Integer> {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int NOT_FOUND = 404;

  private final Surroundings surroundings;

  @Option(
      names = "--diag-addr",
      paramLabel = "HOST:PORT",
      description = "The diagnostics address of the process. Default: ${DEFAULT-VALUE}")
  String diagAddr = "127.0.0.1:3001";

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Wait for this service only, such as identity.")
  @Nullable String service;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = ShortDuration.class,
      description = "How long at most, such as 30s or 5m. Default: for ever.")
  @Nullable Duration timeout;

  WaitCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    surroundings.signals().run();
    String url = DiagnosticsAddress.parse(diagAddr).url(path());
    long began = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      String missing = missing(url);
      if (missing.isEmpty()) {
        return CommandLines.OK;
      }
      Duration next = jittered(pause);
      if (timeout != null && next.toNanos() > timeout.toNanos() - (System.nanoTime() - began)) {
        return fail("not ready after " + timeout.toSeconds() + " s: " + missing);
      }
      if (surroundings.stop().await(next)) {
        return surroundings.stop().unfinished();
      }
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }
  }

  private String path() {
    return service == null ? "/readyz" : "/readyz/" + service;
  }

  private static Duration jittered(Duration pause) {
    long nanos = pause.toNanos();
    return Duration.ofNanos(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2));
  }

  private int fail(String message) {
    PrintWriter err = err();
    err.println("machineid: " + CommandLines.oneLine(message));
    err.flush();
    return CommandLines.FAILED;
  }

  /** What is missing, or nothing when all is ready. */
  private static String missing(String url) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout((int) LONGEST_REQUEST.toMillis());
      connection.setReadTimeout((int) LONGEST_REQUEST.toMillis());
      connection.setInstanceFollowRedirects(false);
      int status = connection.getResponseCode();
      if (status / 100 == 2) {
        return "";
      }
      return status == NOT_FOUND ? "there is no such service" : body(connection);
    } catch (IOException e) {
      return url + " does not answer: " + e.getMessage();
    }
  }

  private static String body(HttpURLConnection connection) throws IOException {
    try (InputStream in = connection.getErrorStream()) {
      return in == null ? "" : new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    }
  }

  /** A number with one of ms, s, m and h. */
  static final class ShortDuration implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
      try {
        String number = text.replaceFirst("[a-z]+$", "");
        long value = Long.parseUnsignedLong(number);
        return switch (text.substring(number.length())) {
          case "ms" -> Duration.ofMillis(value);
          case "s" -> Duration.ofSeconds(value);
          case "m" -> Duration.ofMinutes(value);
          case "h" -> Duration.ofHours(value);
          default -> throw new TypeConversionException("`" + text + "` lacks one of ms, s, m, h");
        };
      } catch (NumberFormatException | ArithmeticException e) {
        throw new TypeConversionException("`" + text + "` is no duration, such as 30s or 5m");
      }
    }
  }
}
