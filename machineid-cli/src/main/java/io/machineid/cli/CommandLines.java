package io.machineid.cli;

import io.machineid.MachineIdException;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Puts the commands together, and turns what they throw into one line and an exit code. */
final class CommandLines {

  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  private static final String LOGGER = "io.machineid.cli";

  @Command(
      name = "machineid",
      description = "Teleport Machine ID for the JVM.",
      synopsisSubcommandLabel = "COMMAND",
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:done, or told to end by SIGTERM or SIGINT once it ran",
        "1:failed, for no reason below; one line on standard error says why",
        "2:wrong usage",
        "3:the configuration is wrong",
        "4:the cluster does not admit the bot: token, lock, or an identity that has ended",
        "5:the cluster cannot be reached or trusted, or not in time",
        "6:files cannot be read or written",
        "7:the storage is in use by another process",
        "8:the cluster refuses an output: no such cluster or role, or not for this bot",
        "130:cut short by SIGINT",
        "143:cut short by SIGTERM"
      })
  static final class Top extends Subcommand implements Runnable {

    @Override
    public void run() {
      throw usage("a command is missing");
    }
  }

  private CommandLines() {}

  /** All commands, of which one is to be called. */
  static CommandLine create(Surroundings surroundings, String... args) {
    Map<String, Supplier<Object>> commands = commands(surroundings);
    CommandLine top = new CommandLine(new Top());
    // Commands are read by reflection, which takes a while: only the one that is called is.
    if (args.length > 0 && commands.containsKey(args[0])) {
      commands.keySet().retainAll(Set.of(args[0]));
    }
    commands.forEach((name, command) -> top.addSubcommand(name, command.get()));
    top.setCaseInsensitiveEnumValuesAllowed(true);
    top.setParameterExceptionHandler(CommandLines::wrongUsage);
    top.setExecutionExceptionHandler(CommandLines::failed);
    top.setExitCodeExceptionMapper(e -> FAILED);
    return top;
  }

  private static Map<String, Supplier<Object>> commands(Surroundings surroundings) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("start", () -> new StartCommand(surroundings));
    commands.put("diagnose", () -> new DiagnoseCommand(surroundings));
    commands.put("configure", () -> new ConfigureCommand(surroundings));
    commands.put("init", () -> new InitCommand(surroundings));
    commands.put(
        "kube", () -> group(new KubeCommand(), "credentials", new KubeCredentialsCommand()));
    commands.put(
        "proxy", () -> group(new ProxyCommand(), "kube", new ProxyKubeCommand(surroundings)));
    commands.put("wait", () -> new WaitCommand(surroundings));
    commands.put("version", VersionCommand::new);
    return commands;
  }

  private static CommandLine group(CommandGroup group, String name, Subcommand command) {
    return new CommandLine(group).addSubcommand(name, command);
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(
        "machineid: "
            + oneLine(e.getMessage())
            + ". See `"
            + command.getCommandSpec().qualifiedName()
            + " --help`");
    err.flush();
    return USAGE;
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    String message =
        e instanceof MachineIdException
            ? String.valueOf(e.getMessage())
            : "internal error: " + e + " (--debug shows where; please report it)";
    if (LogFormat.current() == LogFormat.JSON) {
      LogLine line = new LogLine(Instant.now(), Level.ERROR, LOGGER, oneLine(message), e);
      err.println(line.format(LogFormat.JSON, PlainLogger.debug()));
    } else {
      err.println("machineid: " + oneLine(message));
      if (PlainLogger.debug()) {
        e.printStackTrace(err);
      }
    }
    err.flush();
    return e instanceof MachineIdException known ? ExitCodes.of(known.reason()) : FAILED;
  }

  static String oneLine(@Nullable String message) {
    return String.valueOf(message).lines().map(String::strip).collect(Collectors.joining(" "));
  }
}
