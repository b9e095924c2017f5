package io.machineid.join;

import io.machineid.JoinException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The join method {@code generic_oidc}: a token from a variable, or printed by a command. */
final class GenericOidcJoin {

  static final String NAME = "generic_oidc";

  private static final int LIMIT_BYTES = 64 * 1024;

  private GenericOidcJoin() {}

  static IdTokenJoin ofVariable(String tokenName, String variable) {
    return VariableJoin.of(
        NAME, tokenName, variable, "It is the one that onboarding.generic_oidc.env names");
  }

  static IdTokenJoin ofCommand(String tokenName, List<String> command, Optional<Duration> timeout) {
    List<String> words = List.copyOf(command);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("the command is empty");
    }
    Duration longest =
        timeout.filter(given -> given.compareTo(Evidence.LONGEST) < 0).orElse(Evidence.LONGEST);
    return IdTokenJoin.of(
        NAME,
        tokenName,
        surroundings -> Evidence.within(NAME, longest, () -> run(words, surroundings)));
  }

  private static String run(List<String> command, Surroundings surroundings)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    surroundings.variable("HOME").map(Path::of).ifPresent(home -> builder.directory(home.toFile()));
    builder.environment().putAll(surroundings.environment());
    Process process = start(builder, command);
    try (InputStream out = process.getInputStream()) {
      process.getOutputStream().close();
      byte[] printed = interruptibly(out);
      int status = process.waitFor();
      if (status != 0) {
        throw Evidence.passing(
            NAME, "the command %s ended with status %d".formatted(command.get(0), status), null);
      }
      if (printed.length > LIMIT_BYTES) {
        throw Evidence.lasting(
            NAME,
            "the command %s printed more than %d KiB"
                .formatted(command.get(0), LIMIT_BYTES / 1024));
      }
      return new String(printed, StandardCharsets.UTF_8);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor(1, TimeUnit.SECONDS);
    }
  }

  /** Reading a pipe does not end with an interrupt by itself: another thread reads. */
  private static byte[] interruptibly(InputStream out) throws InterruptedException {
    Object[] read = new Object[1];
    Thread reader =
        new Thread(
            () -> {
              try {
                read[0] = out.readNBytes(LIMIT_BYTES + 1);
              } catch (IOException e) {
                read[0] = new UncheckedIOException(e);
              }
            },
            "machineid-evidence-output");
    reader.setDaemon(true);
    reader.start();
    reader.join();
    if (read[0] instanceof byte[] bytes) {
      return bytes;
    }
    throw Evidence.passing(NAME, "the output of the command cannot be read", null);
  }

  private static Process start(ProcessBuilder builder, List<String> command) throws JoinException {
    try {
      return builder.start();
    } catch (IOException e) {
      throw Evidence.passing(
          NAME,
          "the command %s cannot be started: %s".formatted(command.get(0), e.getMessage()),
          e);
    }
  }
}
