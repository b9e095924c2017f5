package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameTemplateTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "{{.ClusterName}}-{{.KubeName}}       | tele-kube",
        "{{ .KubeName }}                      | kube",
        "fixed                                | fixed",
        "a {{- .KubeName -}} b                | akubeb",
        "{{.ClusterName}}{{.ClusterName}}     | teletele",
        "{{.Labels.env}}/{{.KubeName}}        | prod/kube",
        "{{ index .Labels \"a/b\" }}.x        | slash.x",
        "{{ index .Labels `env` }}            | prod",
        "[{{.Labels.none}}]                   | []",
        "}} {{.KubeName}} }                   | }} kube }",
        "{ {{.KubeName}}                      | { kube"
      })
  void render_template_isFilled(String source, String expected) {
    NameTemplate template = NameTemplate.of(source);

    assertThat(template.render("tele", "kube", Map.of("env", "prod", "a/b", "slash")))
        .isEqualTo(expected);
    assertThat(template).isEqualTo(NameTemplate.of(source)).hasToString(source);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{.Kube}}                 | `{{.Kube}}` is not served; allowed: {{.ClusterName}}",
        "{{.kubename}}             | is not served",
        "{{}}                      | is not served",
        "{{if .KubeName}}x{{end}}  | `{{if .KubeName}}` is not served",
        "{{/* comment */}}         | is not served",
        "{{.KubeName               | a `{{` has no `}}`",
        "x {{                      | a `{{` has no `}}`",
        "'  '                      | it is blank"
      })
  void of_whatIsNotServed_isNamed(String source, String message) {
    assertThatThrownBy(() -> NameTemplate.of(source))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
