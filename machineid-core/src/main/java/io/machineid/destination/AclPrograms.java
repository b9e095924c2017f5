package io.machineid.destination;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code setfacl} and {@code getfacl}: Java has no way of its own to POSIX access control lists.
 * They are looked for in directories of the system alone, never in the {@code PATH}; get an empty
 * environment and no shell; and are given some seconds. Thread-safe.
 */
final class AclPrograms {

  /** Where systems keep programs that everybody may run and nobody but they may replace. */
  static final List<Path> SYSTEM =
      Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/current-system/sw/bin")
          .map(Path::of)
          .toList();

  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final int MAX_BYTES = 16 * 1024;

  private final List<Path> directories;

  AclPrograms(List<Path> directories) {
    this.directories = directories;
  }

  /** Adds entries to lists; links are not followed. */
  void add(List<String> entries, List<Path> files) throws IOException {
    set(List.of("-P", "-m", String.join(",", entries), "--"), files);
  }

  /** The same, and what was in default lists is gone, in the same step. */
  void replace(List<String> entries, List<Path> directories) throws IOException {
    set(List.of("-P", "-k", "-m", String.join(",", entries), "--"), directories);
  }

  private void set(List<String> options, List<Path> files) throws IOException {
    List<String> arguments = new ArrayList<>(options);
    files.forEach(file -> arguments.add(file.toString()));
    run("setfacl", arguments);
  }

  /** The entries of a file's list; what the mask takes away is told behind an entry. */
  List<String> entries(Path file) throws IOException {
    return run("getfacl", List.of("-c", "-p", "--", file.toString()))
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  private Path find(String program) throws IOException {
    Optional<Path> found =
        directories.stream()
            .map(directory -> directory.resolve(program))
            .filter(Files::isExecutable)
            .findFirst();
    if (found.isEmpty()) {
      throw new IOException(
          "the program " + program + " is in none of " + directories + ": install the package acl");
    }
    return found.get();
  }

  private String run(String name, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(find(name).toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("LC_ALL", "C");
    builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    Process process = builder.start();
    try (InputStream output = process.getInputStream()) {
      if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(name + " has not ended within " + LONGEST.toSeconds() + " s");
      }
      String said = new String(output.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
      if (process.exitValue() != 0) {
        throw new IOException(name + " says: " + said.replaceAll("\\s*\\R\\s*", "; "));
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(name + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
