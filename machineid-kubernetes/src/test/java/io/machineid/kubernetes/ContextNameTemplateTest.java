package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextNameTemplateTest {

  private static final Map<String, String> LABELS = Map.of("env", "prod", "a-b.c/d", "odd");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{.ClusterName}}-{{.KubeName}} | tele.example-$1",
        "{{ .KubeName }} | $1",
        "k8s/{{.KubeName}}/x | k8s/$1/x",
        "{{.Labels.env}}:{{.KubeName}} | prod:$1",
        "{{index .Labels \"a-b.c/d\"}} | odd",
        "{{ index  .Labels  \"env\" }} | prod",
        "<{{.Labels.none}}> | <>",
        "}}{{.KubeName}} | }}$1"
      })
  void name_isTheTemplateWithItsVariables(String template, String name) {
    assertThat(ContextNameTemplate.parse(template).name("tele.example", "$1", LABELS))
        .isEqualTo(name);
  }

  @Test
  void standard_isThatOfTbot() {
    assertThat(ContextNameTemplate.STANDARD.name("tele.example", "kube", LABELS))
        .isEqualTo("tele.example-kube");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "same",
        "{{.ClusterName}}",
        "{{.KubeName",
        "{{.KubeName}} {{",
        "{{.kubename}}",
        "{{}}",
        "{{.KubeName | upper}}",
        "{{if .KubeName}}x{{end}}",
        "{{index .Labels env}}"
      })
  void template_withSomethingElse_isRefused_sayingWhatItMayHold(String template) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ContextNameTemplate.parse(template))
        .withMessageContaining("\"" + template + "\"")
        .withMessageContaining("{{.KubeName}}, {{.Labels.KEY}}");
  }
}
