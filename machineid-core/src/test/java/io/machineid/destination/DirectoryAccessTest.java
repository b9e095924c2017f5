package io.machineid.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.machineid.DestinationException;
import io.machineid.destination.AccessList.Kind;
import io.machineid.destination.AccessList.Reader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Access control lists, with programs that write down how they were called; and with the real ones
 * where they are: {@code -Dmachineid.acl.programs=DIR} names another place to look for them.
 */
class DirectoryAccessTest {

  private static final Reader NOBODY = new Reader(Kind.USER, "nobody");

  @TempDir Path base;
  private Path programs;
  private Path target;

  @BeforeEach
  void resolve() throws IOException {
    base = base.toRealPath();
    programs = Files.createDirectory(base.resolve("bin"));
    target = base.resolve("out");
  }

  private void program(String name, String does) throws IOException {
    Path file = programs.resolve(name);
    Files.writeString(
        file, "#!/bin/sh\nprintf '%s\\n' \"$@\" >> " + base + "/called\n" + does + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private DirectoryDestination destination(boolean required, Reader... readers) {
    AccessList list = new AccessList(List.of(readers), required);
    return new DirectoryDestination(
        target,
        SymlinkMode.TRY_SECURE,
        new DirectoryAccess(list, new AclPrograms(List.of(programs))));
  }

  private static FileSet files() {
    return FileSet.builder().addText("identity", "secret").build();
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve(name)));
  }

  /** A directory with these default entries besides those that close it. */
  private void list(String... entries) throws IOException {
    List<String> lines = new ArrayList<>(List.of("user::rwx", "user:nobody:r-x", "group::---"));
    lines.addAll(List.of("default:group::---", "default:other::---"));
    lines.addAll(List.of(entries));
    listExactly(lines);
  }

  private void listExactly(List<String> lines) throws IOException {
    Files.write(base.resolve("list"), lines);
    program("getfacl", "/bin/cat " + base + "/list");
  }

  @Test
  void prepare_withReaders_setsTheListOnceAndFilesComeWithIt() throws IOException {
    program("setfacl", "exit 0");
    list("default:user:nobody:r--", "default:group:web:r--");
    DirectoryDestination destination = destination(true, NOBODY, new Reader(Kind.GROUP, "web"));

    destination.prepare();
    destination.write(files());
    destination.write(files());

    assertThat(Files.readAllLines(base.resolve("called")))
        .containsOnlyOnce("-m")
        .containsSequence(
            "-P",
            "-k",
            "-m",
            "d:u::rwx,d:g::---,d:o::---,u:nobody:r-x,d:u:nobody:r--,g:web:r-x,d:g:web:r--",
            "--",
            target.toString());
    assertThat(mode("identity")).isEqualTo("rw-r-----");
  }

  @Test
  void prepare_withoutReaders_runsNothingAndFilesAreTheOwners() throws IOException {
    program("setfacl", "exit 0");
    DirectoryDestination destination = destination(false);

    destination.prepare();
    destination.write(files());

    assertThat(base.resolve("called")).doesNotExist();
    assertThat(mode("identity")).isEqualTo("rw-------");
  }

  @Test
  void prepare_requiredAndRefused_saysWhatTheProgramSaid() throws IOException {
    program("setfacl", "echo 'setfacl: out: Operation not supported' >&2; exit 1");
    program("getfacl", "exit 1");

    assertThatThrownBy(() -> destination(true, NOBODY).prepare())
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining(target + " cannot have the access control list that is required")
        .hasMessageContaining("setfacl says: setfacl: out: Operation not supported");
  }

  @ParameterizedTest
  @EnumSource
  void readerThatTheSystemDoesNotKnow_isNamed(Kind kind) throws IOException {
    program("setfacl", "echo 'setfacl: Option -m: Invalid argument near character 30' >&2; exit 2");
    Reader nobodyKnows = new Reader(kind, "machineid-unknown");
    String expected =
        "cannot let readers into directory %s: there is no %s \"machineid-unknown\" on this machine"
            .formatted(target, kind == Kind.USER ? "user" : "group");

    assertThatThrownBy(() -> destination(true, NOBODY, nobodyKnows).prepare())
        .isInstanceOf(DestinationException.class)
        .hasMessageStartingWith(expected);
    assertThatThrownBy(
            () ->
                new DirectorySetup(destination(false), new AclPrograms(List.of(programs)))
                    .allow("nobody", List.of(nobodyKnows)))
        .isInstanceOf(DestinationException.class)
        .hasMessageStartingWith(expected);
  }

  @Test
  void readerThatIsANumber_isNotBlamedForTheFileSystem() throws IOException {
    program("setfacl", "echo 'Operation not supported' >&2; exit 1");
    program("getfacl", "exit 1");

    assertThatThrownBy(() -> destination(true, new Reader(Kind.USER, "4294967294")).prepare())
        .hasMessageContaining("Operation not supported");
  }

  @Test
  void prepare_requiredAndNoProgram_saysWhatToInstall() {
    assertThatThrownBy(() -> destination(true, NOBODY).prepare())
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("the program setfacl is in none of [" + programs + "]")
        .hasMessageContaining("install the package acl");
    assertThatThrownBy(() -> destination(true).prepare())
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("the program getfacl is in none of");
  }

  @Test
  void prepare_triedAndNoProgram_goesOnWithoutReaders() throws IOException {
    DirectoryDestination destination = destination(false, NOBODY);

    destination.prepare();
    destination.write(files());

    assertThat(mode("identity")).isEqualTo("rw-------");
  }

  @Test
  void prepare_directoryOfAnotherThatIsReady_isEnough() throws IOException {
    program("setfacl", "echo 'Operation not permitted'; exit 1");
    String bot = "default:user:" + System.getProperty("user.name") + ":rw-";
    list("default:user::rwx", "default:user:nobody:r--", bot, "default:mask::rw-");
    DirectoryDestination destination = destination(true, NOBODY);

    destination.prepare();
    destination.write(files());

    assertThat(mode("identity")).isEqualTo("rw-r-----");
  }

  @Test
  void prepare_directoryOfAnotherWhoseMaskTakesTheRight_isNotReady() throws IOException {
    program("setfacl", "echo 'Operation not permitted'; exit 1");
    program("getfacl", "printf 'user:nobody:r-x\\t#effective:---\\ndefault:user:nobody:r--\\n'");

    assertThatThrownBy(() -> destination(true, NOBODY).prepare())
        .hasMessageContaining("Operation not permitted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default:group::---", "default:other::---", "default:user:nobody:r--"})
  void prepare_directoryOfAnotherThatLacksAnEntry_isNotReady(String missing) throws IOException {
    program("setfacl", "echo 'Operation not permitted'; exit 1");
    List<String> lines = new ArrayList<>(List.of("user:nobody:r-x", "default:group::---"));
    lines.addAll(List.of("default:other::---", "default:user:nobody:r--"));
    lines.replaceAll(line -> line.equals(missing) ? line.replaceFirst("...$", "rwx") : line);
    listExactly(lines);

    assertRefusedOrOwnersOnly("the entry " + missing + " is not in its list");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default:user:eve:r--", "default:group:staff:rwx"})
  void prepare_directoryOfAnotherWithAForeignEntry_isNotReady(String foreign) throws IOException {
    program("setfacl", "echo 'Operation not permitted'; exit 1");
    list("default:user:nobody:r--", foreign);

    assertRefusedOrOwnersOnly("the entry " + foreign + " is neither");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void prepare_directoryOfAnotherWhereOurUserHasNoName_isReady() throws IOException {
    program("setfacl", "exit 1");
    String number = String.valueOf(Files.getAttribute(base, "unix:uid"));
    list("default:user:nobody:r--", "default:user:" + number + ":rw-");

    DirectoryDestination destination = destination(true, NOBODY);
    destination.prepare();
    destination.write(files());

    assertThat(mode("identity")).isEqualTo("rw-r-----");
  }

  @Test
  void prepare_listThatIsNotThereAfterItWasSet_isNotTrusted() throws IOException {
    program("setfacl", "exit 0");
    listExactly(List.of("user::rwx", "group::---", "other::---"));

    assertRefusedOrOwnersOnly("the entry default:group::--- is not in its list");
  }

  private void assertRefusedOrOwnersOnly(String why) throws IOException {
    assertThatThrownBy(() -> destination(true, NOBODY).prepare())
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining(why);
    DirectoryDestination tried = destination(false, NOBODY);
    tried.prepare();
    tried.write(files());
    assertThat(mode("identity")).isEqualTo("rw-------");
  }

  @Test
  void write_listRemovedSince_filesAreTheOwnersUntilItIsBack() throws IOException {
    program("setfacl", "exit 0");
    list("default:user:nobody:r--");
    DirectoryDestination destination = destination(true, NOBODY);
    destination.prepare();

    listExactly(List.of("user::rwx", "group::---", "other::---"));
    destination.write(files());
    assertThat(mode("identity")).isEqualTo("rw-------");

    Files.delete(programs.resolve("getfacl"));
    destination.write(files());
    assertThat(mode("identity")).isEqualTo("rw-------");

    list("default:user:nobody:r--");
    destination.write(files());
    assertThat(mode("identity")).isEqualTo("rw-r-----");
  }

  private DirectoryDestination keeping() {
    return new DirectoryDestination(
        target,
        SymlinkMode.TRY_SECURE,
        new DirectoryAccess(
            new AccessList(List.of(), false, true), new AclPrograms(List.of(programs))));
  }

  private void targetOfMode(String mode) throws IOException {
    Files.createDirectory(target);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(mode));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void prepare_directoryMadeReadyAndNoReadersNamed_isReadAsBefore() throws IOException {
    targetOfMode("rwxrwx---");
    program("setfacl", "exit 0");
    String bot = "default:user:" + System.getProperty("user.name") + ":rw-";
    list("default:user::rwx", "default:user:nobody:r--", bot, "default:mask::rw-");
    DirectoryDestination destination = keeping();

    destination.prepare();
    destination.write(files());

    assertThat(mode("identity")).isEqualTo("rw-r-----");
    assertThat(base.resolve("called")).content().doesNotContain("-m");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void prepare_readersWithoutDefaultList_getOneAndReadAsBefore() throws IOException {
    targetOfMode("rwxr-x---");
    listExactly(List.of("user::rwx", "user:nobody:r-x", "group::---", "mask::r-x", "other::---"));
    String ready =
        "printf '%s\\n' user:nobody:r-x default:user:nobody:r-- default:group::--- default:other::---";
    program("setfacl", ready + " > " + base + "/list");
    DirectoryDestination destination = keeping();

    destination.prepare();
    destination.write(files());

    assertThat(Files.readAllLines(base.resolve("called")))
        .contains("d:u::rwx,d:g::---,d:o::---,u:nobody:r-x,d:u:nobody:r--");
    assertThat(mode("identity")).isEqualTo("rw-r-----");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void prepare_readersThatCannotBeKept_filesAreTheOwners() throws IOException {
    targetOfMode("rwxr-x---");
    listExactly(List.of("user::rwx", "user:nobody:r-x", "group::---", "mask::r-x", "other::---"));
    program("setfacl", "echo 'Operation not permitted'; exit 1");
    DirectoryDestination destination = keeping();

    destination.prepare();
    destination.write(files());

    assertThat(mode("identity")).isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwx------", "rwxr-xr-x", "rwxrwxrwx"})
  void prepare_modeOfNoList_runsNothing(String mode) throws IOException {
    targetOfMode(mode);
    program("setfacl", "exit 0");
    list("default:user:nobody:r--");
    DirectoryDestination destination = keeping();

    destination.prepare();
    destination.write(files());

    assertThat(base.resolve("called")).doesNotExist();
    assertThat(mode("identity")).isEqualTo("rw-------");
  }

  @Test
  void allow_directoryWithFiles_namesThemAll() throws IOException {
    program("setfacl", "exit 0");
    DirectoryDestination destination = destination(false);
    destination.prepare();

    new DirectorySetup(destination, new AclPrograms(List.of(programs)))
        .allow("bot", List.of(NOBODY));

    assertThat(Files.readAllLines(base.resolve("called")))
        .containsSubsequence(
            "d:u::rwx,d:g::---,d:o::---,u:nobody:r-x,d:u:nobody:r--,u:bot:rwx,d:u:bot:rw-",
            target.toString(),
            "u:bot:rw-,u:nobody:r--",
            target.resolve(".write-test").toString());
  }

  @Test
  void reader_thatWouldBeMoreThanOneEntry_isRefused() {
    for (String name : List.of("", "a,u:b", "a:rwx", "a b", "a\nb")) {
      assertThatThrownBy(() -> new Reader(Kind.USER, name))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void realPrograms_whereTheyAre_letTheReaderReadAndNobodyElse() throws IOException {
    List<Path> directories =
        Stream.concat(
                Stream.ofNullable(System.getProperty("machineid.acl.programs")).map(Path::of),
                AclPrograms.SYSTEM.stream())
            .toList();
    assumeTrue(directories.stream().anyMatch(d -> Files.isExecutable(d.resolve("setfacl"))));
    AclPrograms real = new AclPrograms(directories);
    real.add(List.of("d:u:daemon:rwx"), List.of(Files.createDirectory(target)));
    DirectoryDestination destination =
        new DirectoryDestination(
            target,
            SymlinkMode.SECURE,
            new DirectoryAccess(new AccessList(List.of(NOBODY), true), real));

    destination.prepare();
    destination.write(files());
    destination.write(files());

    assertThat(real.entries(target))
        .contains("user:nobody:r-x", "default:user:nobody:r--")
        .noneMatch(entry -> entry.contains("daemon"));
    assertThat(real.entries(target.resolve("identity")))
        .contains("user::rw-", "user:nobody:r--", "group::---", "mask::r--", "other::---");

    new DirectorySetup(destination, real).allow("daemon", List.of(NOBODY));

    assertThat(real.entries(target)).contains("user:daemon:rwx", "user:nobody:r-x");
    assertThat(real.entries(target.resolve("identity"))).contains("user:daemon:rw-");
  }
}
