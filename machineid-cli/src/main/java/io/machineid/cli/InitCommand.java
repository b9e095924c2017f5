package io.machineid.cli;

import io.machineid.ConfigException;
import io.machineid.DestinationException;
import io.machineid.config.BotEnvironment;
import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.OutputConfig;
import io.machineid.config.OutputConfig.Placed;
import io.machineid.destination.AccessList;
import io.machineid.destination.DirectoryDestination;
import io.machineid.destination.DirectorySetup;
import io.machineid.kubernetes.ExecCredential;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code machineid init}: what {@code tbot init} does. */
@Command(
    name = "init",
    description = "Make the directory of an output ready for a bot that runs as another user.")
final class InitCommand extends Subcommand implements Callable<Integer> {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  private final Surroundings surroundings;

  @Option(
      names = "--destination-dir",
      paramLabel = "DIR",
      description = "The directory; of an identity output, unless the configuration has it.")
  @Nullable Path destinationDir;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration, where the directory is not given by --destination-dir.")
  @Nullable Path config;

  @Option(
      names = "--init-dir",
      paramLabel = "DIR",
      description = "Which directory, where the configuration has several.")
  @Nullable Path initDir;

  @Option(
      names = "--owner",
      paramLabel = "USER[:GROUP]",
      description = "Who gets the directory and its files.")
  @Nullable String owner;

  @Option(
      names = "--bot-user",
      paramLabel = "USER",
      description =
          "The user that the bot runs as; the owner, where no other is given. Another owner than this one needs access control lists.")
  @Nullable String botUser;

  @Option(
      names = "--reader-user",
      paramLabel = "USER",
      description =
          "A user that may read the files, besides the readers of the configuration; repeatable.")
  List<String> readerUsers = new ArrayList<>();

  @Option(names = "--clean", description = "Remove files that the output would not write.")
  boolean clean;

  InitCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    checkUsers();
    PrintWriter out = out();
    Placed output = chosen(outputs());
    if (!(Served.open(output.destination(), surroundings.environment())
        instanceof DirectoryDestination directory)) {
      throw new IllegalStateException("a directory was chosen");
    }
    DirectorySetup setup = new DirectorySetup(directory);
    boolean made = setup.create();
    out.printf("%s %s%n", directory.path(), made ? "was made" : "is there");
    if (clean) {
      setup.removeAllBut(names(output)).forEach(name -> out.printf("removed %s%n", name));
    }
    Optional.ofNullable(owner)
        .or(() -> Optional.ofNullable(botUser))
        .ifPresent(to -> give(setup, to, () -> allow(setup, output, out), out));
    out.flush();
    return CommandLines.OK;
  }

  /** Before anything is made or removed. */
  private void checkUsers() {
    if (!readerUsers.isEmpty() && bot().isEmpty()) {
      throw usage("--reader-user needs --bot-user, the user that the bot runs as");
    }
    readerUsers.forEach(this::reader);
    bot().ifPresent(this::reader);
  }

  private Optional<String> bot() {
    return Optional.ofNullable(botUser).or(() -> Optional.ofNullable(owner).map(InitCommand::user));
  }

  private static void give(DirectorySetup setup, String owner, Runnable lists, PrintWriter out) {
    int colon = owner.indexOf(':');
    Optional<String> group =
        Optional.of(owner.substring(colon + 1)).filter(text -> colon >= 0 && !text.isEmpty());
    setup
        .giveTo(user(owner), group, lists)
        .forEach(name -> out.printf("left alone, since it is no ordinary file: %s%n", name));
    out.printf("it belongs to %s%n", owner);
  }

  private void allow(DirectorySetup setup, Placed output, PrintWriter out) {
    String bot = bot().orElseThrow();
    AccessList access = access(output);
    List<AccessList.Reader> readers = new ArrayList<>(access.readers());
    readerUsers.forEach(name -> readers.add(reader(name)));
    boolean isOwner = owner == null || user(owner).equals(bot);
    if (readers.isEmpty() && isOwner) {
      return;
    }
    try {
      setup.allow(bot, readers);
    } catch (DestinationException e) {
      if (access.required() || !readerUsers.isEmpty() || !isOwner) {
        throw e;
      }
      LOG.log(Level.WARNING, "the `readers` get no access: {0}", e.getMessage());
      return;
    }
    out.printf("%s may write there%n", bot);
    readers.forEach(reader -> out.printf("%s may read%n", reader.name()));
  }

  private static String user(String owner) {
    int colon = owner.indexOf(':');
    return colon < 0 ? owner : owner.substring(0, colon);
  }

  private static AccessList access(Placed output) {
    return output.destination() instanceof Directory directory
        ? directory.access()
        : AccessList.NONE;
  }

  private AccessList.Reader reader(String name) {
    if (!AccessList.Reader.isName(name)) {
      throw usage("\"" + name + "\" cannot be the name of a user");
    }
    return new AccessList.Reader(AccessList.Kind.USER, name);
  }

  /** The configuration's outputs that go to a directory. */
  private List<Placed> outputs() {
    BotEnvironment environment = BotEnvironment.of(surroundings.environment());
    return Optional.ofNullable(config)
        .or(environment::configFile)
        .map(file -> environment.overrides().load(file).config().outputs())
        .orElse(List.of())
        .stream()
        .filter(Placed.class::isInstance)
        .map(Placed.class::cast)
        .filter(output -> output.destination() instanceof Directory)
        .toList();
  }

  private Placed chosen(List<Placed> outputs) {
    Path wanted = destinationDir == null ? initDir : destinationDir;
    List<Placed> fitting =
        outputs.stream().filter(output -> wanted == null || isAt(output, wanted)).toList();
    if (fitting.size() == 1) {
      return fitting.get(0);
    }
    if (destinationDir != null) {
      return identity(destinationDir);
    }
    List<Path> directories = outputs.stream().map(InitCommand::path).toList();
    throw new ConfigException(
        outputs.isEmpty()
            ? "there is no configuration with an output to a directory: give --config or --destination-dir"
            : "give one of the configuration's directories as --init-dir: " + directories,
        null);
  }

  private static Placed identity(Path directory) {
    return new OutputConfig.Identity(
        Optional.empty(),
        Optional.empty(),
        List.of(),
        true,
        false,
        new Directory(directory),
        Optional.empty());
  }

  private static boolean isAt(Placed output, Path directory) {
    return path(output).toAbsolutePath().normalize().equals(directory.toAbsolutePath().normalize());
  }

  private static Path path(Placed output) {
    return output.destination() instanceof Directory directory ? directory.path() : Path.of("");
  }

  /** Every name that {@code start} writes for the output, {@code .write-test} included. */
  static Set<String> names(Placed output) {
    Set<String> names =
        new HashSet<>(
            Set.of(
                ".write-test",
                "identity",
                "key",
                "key-cert.pub",
                "key.pub",
                "teleport-database-ca.crt",
                "teleport-host-ca.crt",
                "teleport-user-ca.crt",
                "tlscert"));
    if (output instanceof OutputConfig.Identity identity) {
      names.addAll(identity.sshConfig() ? Set.of("known_hosts", "ssh_config") : Set.of());
    } else {
      names.add("kubeconfig.yaml");
    }
    if (output instanceof OutputConfig.KubernetesV2) {
      names.add(ExecCredential.CLUSTERS_FILE);
      names.removeAll(Set.of("teleport-database-ca.crt", "teleport-user-ca.crt"));
    }
    return names;
  }
}
