package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private static final String CLEAR = "\r\u001b[2K";

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final Terminal terminal =
      new Terminal(new PrintStream(screen, false, StandardCharsets.UTF_8));

  private String screen() {
    return screen.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void manyOutputs_countBelowTheLines() {
    try (Progress progress = new Progress(terminal, true, 4)) {
      progress.oneDone();
      terminal.println("a line");
    }
    terminal.println("the end");

    assertThat(screen())
        .isEqualTo(
            CLEAR
                + "outputs: 0 of 4"
                + CLEAR
                + "outputs: 1 of 4"
                + CLEAR
                + "a line\noutputs: 1 of 4"
                + CLEAR
                + "the end\n");
  }

  @Test
  void fewOutputsOrNobodyLooking_showsNothing() {
    for (Progress progress :
        new Progress[] {new Progress(terminal, true, 3), new Progress(terminal, false, 50)}) {
      progress.oneDone();
      progress.close();
    }
    terminal.println("a line");

    assertThat(screen()).isEqualTo("a line\n");
  }
}
