package io.machineid.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard error: lines, and below them a status that each line and each new status replaces. */
final class Terminal {

  /** That of this process. */
  static final Terminal ERROR = new Terminal(System.err);

  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final PrintStream out;
  private String status = "";

  Terminal(PrintStream out) {
    this.out = out;
  }

  /**
   * Whether a person looks on. Where the platform does not tell of standard error, others count.
   */
  @SuppressWarnings("SystemConsoleNull")
  static boolean isInteractive() {
    Console console = System.console();
    return console != null && isTerminal(console) && isTerminal(Path.of("/proc/self/fd/2"));
  }

  /** Since JDK 22 there may be a console without a terminal. */
  private static boolean isTerminal(Console console) {
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static boolean isTerminal(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith("/dev/pts");
    } catch (IOException | UnsupportedOperationException e) {
      return true;
    }
  }

  /** Prints a line above the status. */
  synchronized void println(String line) {
    if (status.isEmpty()) {
      out.println(line);
    } else {
      out.print(CLEAR_LINE + line + System.lineSeparator() + status);
    }
    out.flush();
  }

  /** Replaces the status; an empty one takes it away. */
  synchronized void status(String text) {
    if (!text.equals(status)) {
      status = text;
      out.print(CLEAR_LINE + text);
      out.flush();
    }
  }
}
