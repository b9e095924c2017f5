package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.DestinationException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunnelKubeconfigTest {

  /** Where nobody can listen. */
  private static final int NO_PORT = 0;

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("kubeconfig.yaml");
  }

  private static String text(String secretDigit, int port) {
    return "clusters:\n- cluster:\n    proxy-url: http://machineid:%s@127.0.0.1:%d\n"
        .formatted(secretDigit.repeat(64), port);
  }

  @Test
  void twoTunnels_withOneFile_leaveItToTheFirst() {
    TunnelKubeconfig first = TunnelKubeconfig.claim(path);
    TunnelKubeconfig second = TunnelKubeconfig.claim(path);
    first.write(() -> text("a", NO_PORT));

    assertThatExceptionOfType(DestinationException.class)
        .isThrownBy(() -> second.write(() -> text("b", NO_PORT)))
        .withMessageContaining("by somebody else meanwhile");
    second.remove();
    assertThat(path).hasContent(text("a", NO_PORT));

    first.write(() -> text("a", NO_PORT) + "# rotated\n");
    assertThat(path).content().contains("rotated");
    first.remove();
    assertThat(path).doesNotExist();
  }

  @Test
  void fileThatAnotherHasReplaced_isNeitherReplacedNorTakenAway() throws IOException {
    TunnelKubeconfig tunnel = TunnelKubeconfig.claim(path);
    tunnel.write(() -> text("a", NO_PORT));
    Files.writeString(path, text("b", NO_PORT));

    assertThatExceptionOfType(DestinationException.class)
        .isThrownBy(() -> tunnel.write(() -> text("a", NO_PORT)));
    tunnel.remove();

    assertThat(path).hasContent(text("b", NO_PORT));
  }

  @Test
  void leftover_isReplaced_butNotTheFileOfATunnelThatLives() throws IOException {
    Files.writeString(path, text("a", NO_PORT));
    TunnelKubeconfig.claim(path).write(() -> text("b", NO_PORT));
    assertThat(path).hasContent(text("b", NO_PORT));

    try (ServerSocket alive = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      Files.writeString(path, text("a", alive.getLocalPort()));
      assertThatExceptionOfType(DestinationException.class)
          .isThrownBy(() -> TunnelKubeconfig.claim(path))
          .withMessageContaining("whose port " + alive.getLocalPort() + " answers");
    }
  }

  @Test
  void fileOfAnySize_isNotReadWhole() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(3L << 30); // with a hole: it takes no room
    }

    assertThatExceptionOfType(DestinationException.class)
        .isThrownBy(() -> TunnelKubeconfig.claim(path))
        .withMessageContaining("is no kubeconfig of `machineid proxy kube`");
  }
}
