package io.machineid.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.DestinationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySetupTest {

  @TempDir Path temporary;
  private Path dir;
  private DirectorySetup setup;

  @BeforeEach
  void name() throws IOException {
    temporary = temporary.toRealPath();
    dir = temporary.resolve("out");
    setup = new DirectorySetup(Destination.directory(dir));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Path wide(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
  }

  /** The owner is who runs the test: root alone may give files away. */
  private String me() throws IOException {
    return Files.getOwner(temporary).getName();
  }

  @Test
  void create_missingDirectory_isMadeOnce() throws IOException {
    assertThat(setup.create()).isTrue();
    assertThat(setup.create()).isFalse();
    assertThat(mode(dir)).isEqualTo("rwx------");
  }

  @Test
  void removeAllBut_names_keepsThoseAndDirectories() throws IOException {
    setup.create();
    Files.writeString(dir.resolve("key"), "");
    Files.writeString(dir.resolve("mongo.crt"), "");
    Files.createDirectory(dir.resolve("cockroach"));
    Path target = Files.writeString(temporary.resolve("target"), "mine");
    Files.createSymbolicLink(dir.resolve("link"), target);

    assertThat(setup.removeAllBut(Set.of("key", ".write-test")))
        .containsExactlyInAnyOrder("mongo.crt", "link");

    assertThat(target).exists();
    assertThat(dir.resolve("cockroach")).isDirectory();
    assertThat(dir.resolve("key")).exists();
  }

  @Test
  void giveTo_user_setsModesAndLeavesLinksAlone() throws IOException {
    setup.create();
    Path key = wide(dir.resolve("key"), "");
    Path target = wide(temporary.resolve("target"), "mine");
    Path other = wide(temporary.resolve("other"), "mine, too");
    Files.createSymbolicLink(dir.resolve("symbolic"), target);
    Files.createLink(dir.resolve("hard"), other);
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxr-x"));

    assertThat(setup.giveTo(me(), Optional.empty())).containsExactlyInAnyOrder("symbolic", "hard");

    assertThat(mode(dir)).isEqualTo("rwx------");
    assertThat(mode(key)).isEqualTo("rw-------");
    assertThat(mode(target)).isEqualTo("rw-rw-r--");
    assertThat(mode(other)).isEqualTo("rw-rw-r--");
    assertThat(Files.getOwner(key).getName()).isEqualTo(me());
  }

  @Test
  void giveTo_withSomethingBetween_doesItAfterModesWereSet() throws IOException {
    setup.create();
    Path key = wide(dir.resolve("key"), "");
    List<String> seen = new ArrayList<>();

    setup.giveTo(
        me(),
        Optional.empty(),
        () -> {
          try {
            seen.add(mode(key));
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });

    assertThat(seen).containsExactly("rw-------");
    assertThat(mode(key)).isEqualTo("rw-r-----"); // no mode is set after that
  }

  @Test
  void giveTo_unknownNames_areNamed() {
    setup.create();

    assertThatThrownBy(() -> setup.giveTo("no-such-user", Optional.empty()))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("\"no-such-user\"");
    assertThatThrownBy(() -> setup.giveTo(me(), Optional.of("no-such-group")))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("\"no-such-group\"");
  }

  @Test
  void giveTo_linkInPlaceOfTheDirectory_isRefused() throws IOException {
    Path real = Files.createDirectory(temporary.resolve("real"));
    Files.createSymbolicLink(dir, real);

    assertThatThrownBy(setup::create).isInstanceOf(DestinationException.class);
    assertThatThrownBy(() -> setup.giveTo(me(), Optional.empty()))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("it is a symbolic link");
  }
}
