package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogLineTest {

  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

  private static LogLine line(String message, Throwable thrown) {
    return new LogLine(TIME, Level.WARNING, "io.machineid", message, thrown);
  }

  @Test
  void json_anyMessage_isOneLineThatReadsBack() throws Exception {
    String every =
        IntStream.range(0, 0x3000)
            .mapToObj(c -> String.valueOf((char) c))
            .collect(Collectors.joining("", "\"\\ \ud83d\ude00 \ud800 ", ""));

    String json = line(every, null).format(LogFormat.JSON, false);

    JsonNode read = new ObjectMapper().readTree(json);
    assertThat(json.lines()).hasSize(1);
    assertThat(read.get("message").asText()).isEqualTo(every);
    assertThat(read.get("time").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(read.get("level").asText()).isEqualTo("WARNING");
    assertThat(read.get("logger").asText()).isEqualTo("io.machineid");
    assertThat(read.has("error")).isFalse();
  }

  @Test
  void json_failure_isNamedAndItsTraceShownOnRequest() throws Exception {
    LogLine failed = line("failed", new IllegalStateException("why"));

    JsonNode plain = new ObjectMapper().readTree(failed.format(LogFormat.JSON, false));
    JsonNode debug = new ObjectMapper().readTree(failed.format(LogFormat.JSON, true));

    assertThat(plain.get("error").asText()).isEqualTo("java.lang.IllegalStateException: why");
    assertThat(plain.has("stack")).isFalse();
    assertThat(debug.get("stack").asText()).contains("LogLineTest.json_failure");
  }

  @Test
  void text_failure_isInTheSameLine() {
    assertThat(line("failed", new IllegalStateException("why")).format(LogFormat.TEXT, false))
        .isEqualTo("2026-01-02T03:04:05Z WARNING failed: java.lang.IllegalStateException: why");
  }
}
