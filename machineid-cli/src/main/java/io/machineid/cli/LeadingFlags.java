package io.machineid.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Flags that {@code tbot} takes before the command as well, such as in {@code tbot -d -c tbot.yaml
 * start}.
 */
final class LeadingFlags {

  private LeadingFlags() {}

  /** The same arguments, with those flags moved behind the command. */
  static String[] behindTheCommand(String... args) {
    int command = 0;
    while (command < args.length && width(args[command]) > 0) {
      command += width(args[command]);
    }
    if (command == 0 || command >= args.length || args[command].startsWith("-")) {
      return args;
    }
    List<String> all = List.of(args);
    List<String> moved = new ArrayList<>(List.of(args[command]));
    moved.addAll(all.subList(0, command));
    moved.addAll(all.subList(command + 1, args.length));
    return moved.toArray(String[]::new);
  }

  /** How many arguments such a flag takes, itself included; 0 for anything else. */
  private static int width(String argument) {
    return switch (argument) {
      case "-d", "--debug", "--no-debug" -> 1;
      case "--fips", "--no-fips", "--insecure", "--no-insecure" -> 1;
      case "-c", "--config", "--log-format" -> 2;
      default -> argument.startsWith("--config=") || argument.startsWith("--log-format=") ? 1 : 0;
    };
  }
}
