package io.machineid.cli;

import io.machineid.MachineIdException;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

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
  static final class Top extends HelpOption implements Runnable {
    @Spec @Nullable CommandSpec spec;

    @Override
    public void run() {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), "a command is missing");
    }
  }

  private CommandLines() {}

  static CommandLine create(Surroundings surroundings) {
    CommandLine kube =
        new CommandLine(new KubeCommand())
            .addSubcommand("credentials", new KubeCredentialsCommand());
    CommandLine proxy =
        new CommandLine(new ProxyCommand())
            .addSubcommand("kube", new ProxyKubeCommand(surroundings));
    CommandLine top =
        new CommandLine(new Top())
            .addSubcommand("start", new StartCommand(surroundings))
            .addSubcommand("diagnose", new DiagnoseCommand(surroundings))
            .addSubcommand("configure", new ConfigureCommand(surroundings))
            .addSubcommand("init", new InitCommand(surroundings))
            .addSubcommand("kube", kube)
            .addSubcommand("proxy", proxy)
            .addSubcommand("wait", new WaitCommand(surroundings))
            .addSubcommand("version", new VersionCommand());
    top.setCaseInsensitiveEnumValuesAllowed(true);
    top.setParameterExceptionHandler(CommandLines::wrongUsage);
    top.setExecutionExceptionHandler(CommandLines::failed);
    top.setExitCodeExceptionMapper(e -> FAILED);
    return top;
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
