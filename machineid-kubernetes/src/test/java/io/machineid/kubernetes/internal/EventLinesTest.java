package io.machineid.kubernetes.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLinesTest {

  private final EventLines events = new EventLines();

  private String read(String part) {
    ByteBuffer buffer =
        ByteBuffer.wrap(("##" + part).getBytes(StandardCharsets.UTF_8)).position("##".length());
    return StandardCharsets.UTF_8.decode(events.read(buffer)).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {1}$        | {1}$
          $           | ''
          $$          | ''
          ${1}$       | {1}$
          {1}$$       | {1}$
          {1}$$$ {2}$ | {1}$ {2}$
          {1}$${2     | {1}${2
          """)
  void emptyLine_isLeftOut(String sent, String read) {
    assertThat(read(sent.replace('$', '\n'))).isEqualTo(read.replace('$', '\n'));
  }

  @Test
  void isOpen_withinALine() {
    assertThat(events.isOpen()).isFalse();
    read("{1");
    assertThat(events.isOpen()).isTrue();
    read("}\n");
    assertThat(events.isOpen()).isFalse();
    read("\n");
    assertThat(events.isOpen()).isFalse();
  }

  @Test
  void part_withoutEmptyLines_isNotCopied() {
    ByteBuffer part = ByteBuffer.wrap("{1}\n{2}\n".getBytes(StandardCharsets.UTF_8));

    assertThat(events.read(part)).isSameAs(part);
  }

  @Test
  void anySplit_readsTheSameLines() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      List<String> lines = new ArrayList<>();
      StringBuilder sent = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        String line = "é".repeat(random.nextInt(4));
        sent.append(line).append('\n');
        if (!line.isEmpty()) {
          lines.add(line);
        }
      }
      ByteBuffer all = StandardCharsets.UTF_8.encode(sent.toString());
      ByteBuffer got = ByteBuffer.allocate(all.remaining());
      EventLines splitting = new EventLines();
      while (all.hasRemaining()) {
        int length = Math.min(all.remaining(), 1 + random.nextInt(7));
        got.put(splitting.read(all.slice(all.position(), length)));
        all.position(all.position() + length);
      }
      assertThat(StandardCharsets.UTF_8.decode(got.flip()).toString().lines())
          .containsExactlyElementsOf(lines);
    }
  }
}
