package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.JoinException;
import java.net.ProxySelector;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvidenceSizeTest {

  private static final String CHALLENGE = "c".repeat(43);
  private static final String HALF = "x".repeat(EvidenceSize.LARGEST / 2);

  private static OracleJoin oracle(String certificate, Map<String, String> headers) {
    return JoinMethod.oracle("example-token")
        .source(
            new OracleEvidenceSource() {
              @Override
              public OracleProof proof(String challenge, Instant now) {
                return OracleProof.of(certificate, HALF, new byte[0], new byte[0]);
              }

              @Override
              public OracleSignedRequests signedRequests(String challenge, Instant now) {
                return OracleSignedRequests.of(headers, Map.of("date", HALF));
              }
            });
  }

  @Test
  void asMuchAsMayBe_isTaken_andMoreIsNot() {
    ProxySelector direct = ProxySelector.of(null);
    Map<String, String> less = Map.of("x", HALF.substring(5));

    assertThat(oracle(HALF, less).proof(CHALLENGE, Instant.EPOCH, direct)).isNotNull();
    assertThat(oracle(HALF, less).signedRequests(CHALLENGE, Instant.EPOCH, direct)).isNotNull();
    assertThatThrownBy(() -> oracle(HALF + "x", less).proof(CHALLENGE, Instant.EPOCH, direct))
        .isInstanceOf(JoinException.class)
        .hasMessageContaining("too large");
    assertThatThrownBy(
            () -> oracle(HALF, Map.of("x", HALF)).signedRequests(CHALLENGE, Instant.EPOCH, direct))
        .isInstanceOf(JoinException.class)
        .hasMessageContaining("too large");
    assertThatThrownBy(
            () ->
                JoinMethod.azure("example-token")
                    .source(challenge -> AzureEvidence.of(HALF, HALF, new byte[1]))
                    .evidence(CHALLENGE))
        .isInstanceOf(JoinException.class)
        .hasMessageContaining("too large");
  }
}
