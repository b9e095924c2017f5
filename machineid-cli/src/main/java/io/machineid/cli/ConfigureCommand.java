package io.machineid.cli;

import io.machineid.ConfigException;
import io.machineid.config.BotEnvironment;
import io.machineid.config.ConfigOverrides;
import io.machineid.config.LoadedConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code machineid configure}: prints a configuration file that says what the flags say. */
@Command(
    name = "configure",
    customSynopsis = "machineid configure [TYPE] [FLAGS]",
    description = {
      "Print a configuration file with what the flags say, over a given one or alone.",
      "It holds the join token. Nothing is joined, and no directory is looked at."
    })
final class ConfigureCommand extends Subcommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Mixin ConfigFlags flags = new ConfigFlags();

  @Mixin OutputFlags outputFlags = new OutputFlags();

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "A configuration to begin with.")
  @Nullable Path config;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write there instead of printing; the file must not exist yet.")
  @Nullable Path output;

  ConfigureCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ConfigOverrides.Builder given = flags.overrides();
    outputFlags.addTo(given, this);
    ConfigOverrides overrides =
        given.build().over(BotEnvironment.of(surroundings.environment()).overrides());
    LoadedConfig loaded = config == null ? overrides.alone(false) : overrides.load(config);
    String yaml = loaded.config().toYaml();
    if (output == null) {
      out().print(yaml);
      out().flush();
    } else {
      write(output, yaml);
    }
    return CommandLines.OK;
  }

  /** The file holds the token: nobody else may read it, and none is overwritten. */
  private static void write(Path file, String yaml) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] mode =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      Files.createFile(file, mode);
      Files.writeString(file, yaml, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new ConfigException(file + ": exists already; name another file, or remove it", e);
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be written: " + e, e);
    }
  }
}
