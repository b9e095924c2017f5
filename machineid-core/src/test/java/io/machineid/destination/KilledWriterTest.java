package io.machineid.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process left that was killed while it wrote, at each place where that can be. */
class KilledWriterTest {

  private static final List<String> NAMES = List.of("key", "key.pub", "tlscert", "tokenhash");
  private static final Instant THEN = Instant.now().minusSeconds(100);

  @TempDir Path dir;
  private DirectoryDestination destination;

  @BeforeEach
  void writeOld() throws IOException {
    destination = Destination.directory(dir.toRealPath());
    destination.prepare();
    destination.lock().close();
    FileSet.Builder old = FileSet.builder();
    NAMES.forEach(name -> old.addText(name, "old"));
    destination.write(old.build());
    for (String name : NAMES) {
      modified(dir.resolve(name), THEN.minusSeconds(10));
    }
  }

  private static void modified(Path file, Instant when) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(when));
  }

  private static String temporary(int place) {
    return ".machineid-0123456789abcdef-" + place + "of4-" + NAMES.get(place);
  }

  private void staged(int from, int to) throws IOException {
    for (int place = from; place < to; place++) {
      Path file = Files.writeString(dir.resolve(temporary(place)), "new");
      modified(file, THEN);
    }
  }

  private void renamed(int count) throws IOException {
    for (int place = 0; place < count; place++) {
      Path file = Files.writeString(dir.resolve(NAMES.get(place)), "new");
      modified(file, THEN);
    }
  }

  /** As at a start, by the clock: prepare, then lock. */
  private List<String> startedAgain() throws IOException {
    destination.prepare();
    destination.lock().close();
    return contents();
  }

  private List<String> contents() throws IOException {
    return NAMES.stream().map(name -> new String(destination.read(name).orElseThrow())).toList();
  }

  private List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(StagedFiles.PREFIX))
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void lock_killedWhileRenaming_isTheNewSet(int count) throws IOException {
    renamed(count);
    staged(count, 4);

    assertThat(startedAgain()).containsOnly("new");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void lock_killedWhileRenamingHoursAgo_isTheNewSet() throws IOException {
    renamed(2);
    staged(2, 4);
    modified(dir.resolve(temporary(2)), THEN.minusSeconds(8000));
    modified(dir.resolve(temporary(3)), THEN.minusSeconds(8000));
    for (String name : NAMES) {
      modified(dir.resolve(name), THEN.minusSeconds(9000));
    }

    assertThat(startedAgain()).containsOnly("new");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void lock_killedWhileStoring_isTheOldSet(int count) throws IOException {
    staged(0, count);

    assertThat(startedAgain()).containsOnly("old");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void lock_killedWhileGivingUp_isTheOldSet(int left) throws IOException {
    staged(0, 4);
    for (int place = 3; place >= left; place--) {
      Files.delete(dir.resolve(temporary(place)));
    }

    assertThat(startedAgain()).containsOnly("old");
  }

  @Test
  void lock_gapInTheSet_isTheOldSet() throws IOException {
    staged(1, 2);
    staged(3, 4);

    assertThat(startedAgain()).containsOnly("old");
  }

  @Test
  void lock_anotherProgramHasWrittenSince_keepsThatAndForgetsTheSet() throws IOException {
    renamed(1);
    staged(1, 4);
    for (String name : NAMES) {
      Files.writeString(dir.resolve(name), "of tbot");
    }

    assertThat(startedAgain()).containsOnly("of tbot");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void lock_oldLeftovers_areRemoved() throws IOException {
    staged(0, 2);
    for (int place = 0; place < 2; place++) {
      modified(dir.resolve(temporary(place)), THEN.minusSeconds(8000));
    }

    assertThat(startedAgain()).containsOnly("old");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void lock_firstSetOfADirectory_isEnded() throws IOException {
    for (String name : NAMES) {
      Files.delete(dir.resolve(name));
    }
    renamed(1);
    staged(1, 4);

    assertThat(startedAgain()).containsOnly("new");
  }
}
