package io.machineid.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.machineid.DestinationException;
import io.machineid.MachineIdException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryDestinationTest {

  private static final FileSet NEW =
      FileSet.builder().addText("key", "new key").addText("kubeconfig.yaml", "new config").build();

  @TempDir Path temporary;
  private Path dir;

  @BeforeEach
  void resolve() throws IOException {
    temporary = temporary.toRealPath();
    dir = temporary.resolve("a/b/machine-id");
  }

  private DirectoryDestination prepared(SymlinkMode mode) {
    DirectoryDestination destination = new DirectoryDestination(dir, mode);
    destination.prepare();
    return destination;
  }

  @ParameterizedTest
  @EnumSource(SymlinkMode.class)
  void prepare_missingDirectory_isMadeForTheOwnerOnly(SymlinkMode mode) throws IOException {
    DirectoryDestination destination = prepared(mode);
    destination.prepare();

    assertThat(mode(dir)).isEqualTo("rwx------");
    assertThat(mode(temporary.resolve("a"))).isEqualTo("rwx------");
    assertThat(mode(dir.resolve(".write-test"))).isEqualTo("rw-------");
    assertThat(destination.list()).containsExactly(".write-test");
  }

  @ParameterizedTest
  @EnumSource(SymlinkMode.class)
  void write_files_areForTheOwnerOnlyAndReadBack(SymlinkMode mode) throws IOException {
    DirectoryDestination destination = prepared(mode);

    destination.write(NEW);

    assertThat(mode(dir.resolve("key"))).isEqualTo("rw-------");
    assertThat(destination.read("key")).map(String::new).contains("new key");
    assertThat(destination.read("none")).isEmpty();
    assertThat(destination.list()).containsExactly(".write-test", "key", "kubeconfig.yaml");
    assertThat(destination.describe()).isEqualTo("directory " + dir);
  }

  @Test
  void write_existingFile_isReplacedNotChanged() throws IOException {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    destination.write(FileSet.builder().addText("key", "old key").build());
    Path stolen = Files.createLink(temporary.resolve("hard-link"), dir.resolve("key"));

    destination.write(NEW);

    assertThat(stolen).hasContent("old key");
    assertThat(dir.resolve("key")).hasContent("new key");
  }

  @Test
  void write_oneFileImpossible_changesNothing() throws IOException {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    destination.write(FileSet.builder().addText("key", "old key").build());
    Files.createDirectory(dir.resolve("kubeconfig.yaml"));

    assertThatThrownBy(() -> destination.write(NEW))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("kubeconfig.yaml is a directory");

    assertThat(dir.resolve("key")).hasContent("old key");
    assertThat(names()).containsExactlyInAnyOrder(".write-test", "key", "kubeconfig.yaml");
  }

  @Test
  void write_nameTooLong_leavesNoTemporaryFile() throws IOException {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    FileSet files = FileSet.builder().addText("key", "x").addText("n".repeat(300), "y").build();

    assertThatThrownBy(() -> destination.write(files)).isInstanceOf(DestinationException.class);

    assertThat(names()).containsExactly(".write-test");
  }

  @Test
  void write_whileOthersRead_lastFileNewMeansAllNew() throws Exception {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    destination.write(generation(0));
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> reads =
          reader.submit(
              () -> {
                int count = 0;
                while (!done.get()) {
                  int last = number("identity");
                  assertThat(number("key")).isGreaterThanOrEqualTo(last);
                  count++;
                }
                return count;
              });
      for (int i = 1; i <= 200; i++) {
        destination.write(generation(i));
      }
      done.set(true);
      assertThat(reads.get()).isPositive();
    } finally {
      done.set(true);
      reader.shutdown();
    }
  }

  private static FileSet generation(int number) {
    String text = (number + " ").repeat(2000);
    return FileSet.builder().addText("key", text).addText("identity", text).build();
  }

  private int number(String file) throws IOException {
    String text = Files.readString(dir.resolve(file));
    String first = text.substring(0, text.indexOf(' '));
    assertThat(text).isEqualTo((first + " ").repeat(2000));
    return Integer.parseInt(first);
  }

  @Test
  void write_interruptedThread_writesAndStaysInterrupted() {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    Thread.currentThread().interrupt();

    destination.write(NEW);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(dir.resolve("key")).hasContent("new key");
  }

  @Test
  void write_interruptedInTheMiddle_writesAll() throws Exception {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    Thread writer = Thread.currentThread();
    AtomicBoolean done = new AtomicBoolean();
    Thread disturber =
        new Thread(
            () -> {
              while (!done.get()) {
                writer.interrupt();
                LockSupport.parkNanos(5_000_000);
              }
            });
    disturber.start();
    try {
      for (int i = 0; i < 20; i++) {
        destination.write(generation(i));
      }
    } finally {
      done.set(true);
      while (disturber.isAlive()) {
        Thread.onSpinWait();
      }
      Thread.interrupted();
    }
    assertThat(number("identity")).isEqualTo(19);
    assertThat(names()).containsExactlyInAnyOrder(".write-test", "key", "identity");
  }

  @Test
  void prepare_pathIsAFile_saysSo() throws IOException {
    Files.writeString(temporary.resolve("a"), "");

    assertThatThrownBy(() -> prepared(SymlinkMode.TRY_SECURE))
        .isInstanceOfSatisfying(
            DestinationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DESTINATION))
        .hasMessage(
            "cannot create directory %s: %s is a file, not a directory. Remove it or choose another path",
            dir, temporary.resolve("a"));
  }

  @Test
  void prepare_placeThatTakesNoFiles_saysSo() {
    DirectoryDestination destination =
        new DirectoryDestination(Path.of("/proc/machineid"), SymlinkMode.TRY_SECURE);

    assertThatThrownBy(destination::prepare)
        .isInstanceOf(DestinationException.class)
        .hasMessageStartingWith("cannot create directory /proc/machineid: ");
  }

  @ParameterizedTest
  @EnumSource(
      value = SymlinkMode.class,
      names = {"SECURE", "TRY_SECURE"})
  void prepare_linkInThePath_isRefused(SymlinkMode mode) throws IOException {
    Path real = Files.createDirectories(temporary.resolve("real"));
    Files.createSymbolicLink(temporary.resolve("a"), real);

    assertThatThrownBy(() -> prepared(mode))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining(temporary.resolve("a") + ": it is a symbolic link")
        .hasMessageContaining("symlinks: insecure");
    assertThat(real).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource(
      value = SymlinkMode.class,
      names = {"SECURE", "TRY_SECURE"})
  void write_linkInPlaceOfAFile_isRefused(SymlinkMode mode) throws IOException {
    DirectoryDestination destination = prepared(mode);
    Path target = Files.writeString(temporary.resolve("target"), "mine");
    Files.createSymbolicLink(dir.resolve("kubeconfig.yaml"), target);

    assertThatThrownBy(() -> destination.write(NEW))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("kubeconfig.yaml: it is a symbolic link");
    assertThatThrownBy(() -> destination.read("kubeconfig.yaml"))
        .isInstanceOf(DestinationException.class);

    assertThat(target).hasContent("mine");
    assertThat(dir.resolve("key")).doesNotExist();
  }

  @Test
  void write_insecureMode_followsThePathAndReplacesALink() throws IOException {
    Path real = Files.createDirectories(temporary.resolve("real"));
    Files.createSymbolicLink(temporary.resolve("a"), real);
    DirectoryDestination destination = prepared(SymlinkMode.INSECURE);
    Path target = Files.writeString(temporary.resolve("target"), "mine");
    Files.createSymbolicLink(dir.resolve("key"), target);

    destination.write(NEW);

    assertThat(real.resolve("b/machine-id/key")).hasContent("new key");
    assertThat(target).hasContent("mine");
  }

  @Test
  void lock_heldAlready_isRefusedUntilReleased() {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    Destination.Lock first = destination.lock();

    assertThatThrownBy(() -> new DirectoryDestination(dir, SymlinkMode.SECURE).lock())
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("directory " + dir + " is in use by another bot");

    first.close();
    first.close();
    destination.lock().close();
  }

  @Test
  void lock_heldByAnotherProcess_isRefused() throws Exception {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    Path flock = Path.of("/usr/bin/flock");
    assumeTrue(Files.isExecutable(flock) && Files.isReadable(Path.of("/proc/locks")));
    Process holder =
        new ProcessBuilder(
                flock.toString(), dir.resolve("lock").toString(), "sh", "-c", "echo held; cat")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("held");
      assumeTrue(
          Files.readString(Path.of("/proc/locks"))
              .contains(":" + Files.getAttribute(dir.resolve("lock"), "unix:ino") + " "));
      assertThatThrownBy(destination::lock).isInstanceOf(DestinationException.class);
    } finally {
      holder.getOutputStream().close();
      holder.waitFor();
    }
    destination.lock().close();
  }

  @Test
  void read_fileTooLarge_isRefused() throws IOException {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    try (RandomAccessFile file = new RandomAccessFile(dir.resolve("big").toFile(), "rw")) {
      file.setLength(Destination.MAX_FILE_BYTES + 1L);
    }

    assertThatThrownBy(() -> destination.read("big"))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("at most");
  }

  @Test
  void prepare_oldTemporaryFiles_areRemoved() throws IOException {
    DirectoryDestination destination = prepared(SymlinkMode.TRY_SECURE);
    Path old = Files.writeString(dir.resolve(".machineid-key-0011223344556677"), "half");
    Path recent = Files.writeString(dir.resolve(".machineid-key-8899aabbccddeeff"), "half");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7200)));

    destination.prepare();

    assertThat(old).doesNotExist();
    assertThat(recent).exists();
    assertThat(destination.list()).containsExactly(".write-test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "/etc/passwd", "a\\b", "a\0b"})
  void fileSet_nameThatIsNoPlainName_isRefused(String name) {
    assertThatThrownBy(() -> FileSet.builder().addText(name, ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Destination.memory().read(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fileSet_toString_hasNamesOnly() {
    assertThat(NEW).hasToString("FileSet[key, kubeconfig.yaml]");
  }

  @Test
  void memory_writeReadListLock_behaveAsADirectory() {
    MemoryDestination memory = Destination.memory();
    memory.prepare();
    memory.write(NEW);

    assertThat(memory.list()).containsExactly("key", "kubeconfig.yaml");
    assertThat(memory.read("key")).map(String::new).contains("new key");
    assertThat(memory.read("none")).isEmpty();
    Destination.Lock lock = memory.lock();
    assertThatThrownBy(memory::lock).isInstanceOf(DestinationException.class);
    lock.close();
    memory.lock().close();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
