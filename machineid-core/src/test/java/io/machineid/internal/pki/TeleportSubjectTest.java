package io.machineid.internal.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeleportSubjectTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bot-identity-generation-1",
        "bot-identity-generation-2",
        "bot-identity-ecdsa-generation-2",
        "output-impersonated",
        "output-kubernetes",
        "output-kubernetes-ecdsa",
        "output-kubernetes-ed25519"
      })
  void certificate_captured_readsAsItsJson(String name) {
    JsonNode expected = Golden.json("certs/" + name + ".json");

    TeleportSubject subject = TeleportSubject.of(Golden.certificate(name));

    assertThat(subject.principals()).isEqualTo(values(expected, "2.5.4.7"));
    assertThat(subject.routeToCluster()).isEqualTo(first(expected, "2.5.4.9"));
    assertThat(subject.roles()).isEqualTo(values(expected, "2.5.4.10"));
    assertThat(subject.user()).isEqualTo(first(expected, "2.5.4.3").orElseThrow());
    assertThat(subject.kubernetesCluster()).isEqualTo(first(expected, "1.3.9999.1.3"));
    assertThat(subject.cluster()).isEqualTo(first(expected, "1.3.9999.1.7").orElseThrow());
    assertThat(subject.renewable()).isEqualTo(first(expected, "1.3.9999.1.13").isPresent());
    assertThat(subject.generation()).isEqualTo(first(expected, "1.3.9999.1.14").map(Long::valueOf));
    assertThat(subject.botName()).isEqualTo(first(expected, "1.3.9999.2.18"));
    assertThat(subject.botInstanceId()).isEmpty();
  }

  @Test
  void certificate_ofAnAuthority_isRefused() {
    assertThatThrownBy(() -> TeleportSubject.of(withoutRoles()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no user (CN) or no role (O)");
  }

  private static java.security.cert.X509Certificate withoutRoles() {
    // One of the runtime's own roots that names no organization, as no Teleport certificate does.
    return java.util.Arrays.stream(
            io.machineid.internal.transport.TrustRoots.of(Optional.empty()).getAcceptedIssuers())
        .filter(
            root ->
                !root.getSubjectX500Principal().getName().contains("O=")
                    || !root.getSubjectX500Principal().getName().contains("CN="))
        .findFirst()
        .orElseThrow();
  }

  private static Optional<String> first(JsonNode certificate, String oid) {
    return values(certificate, oid).stream().findFirst();
  }

  private static List<String> values(JsonNode certificate, String oid) {
    List<String> values = new ArrayList<>();
    for (JsonNode rdn : certificate.path("subject_rdn_sequence")) {
      for (JsonNode attribute : rdn) {
        if (attribute.path("oid").asText().equals(oid)) {
          values.add(attribute.path("value").asText());
        }
      }
    }
    return values;
  }
}
