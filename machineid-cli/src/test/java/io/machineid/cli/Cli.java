package io.machineid.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The command line in this process, with what it printed. */
final class Cli {

  record Result(int code, String out, String err) {}

  private Cli() {}

  static Result run(String... args) {
    return run(new Surroundings(Map.of(), new Stop()), args);
  }

  /**
   * Runs it on a thread of its own: the JDK's client completes its answers on the common pool,
   * which may have one thread only.
   */
  static CompletableFuture<Result> inBackground(Supplier<Result> command) {
    return CompletableFuture.supplyAsync(command, work -> new Thread(work, "cli").start());
  }

  static Result run(Surroundings surroundings, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = CommandLines.create(surroundings, args);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(args);
    return new Result(code, out.toString(), err.toString());
  }
}
