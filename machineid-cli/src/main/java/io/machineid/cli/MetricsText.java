package io.machineid.cli;

import java.math.BigDecimal;
import java.util.Map;

/** Metrics in the text format of Prometheus, version 0.0.4. */
final class MetricsText {

  /** The format's media type. */
  static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder();

  /** Begins a metric; its samples follow. */
  MetricsText metric(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  MetricsText sample(String name, Number value) {
    return sample(name, Map.of(), value);
  }

  MetricsText sample(String name, Map<String, String> labels, Number value) {
    text.append(name);
    String separator = "{";
    for (Map.Entry<String, String> label : labels.entrySet()) {
      text.append(separator).append(label.getKey()).append("=\"");
      text.append(escaped(label.getValue())).append('"');
      separator = ",";
    }
    text.append(labels.isEmpty() ? " " : "} ").append(number(value)).append('\n');
    return this;
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(Number value) {
    return value instanceof Double fraction
        ? BigDecimal.valueOf(fraction).toPlainString()
        : value.toString();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
