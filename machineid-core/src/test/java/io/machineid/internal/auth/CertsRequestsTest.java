package io.machineid.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.machineid.internal.auth.AuthClient.Order;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.SshKeys;
import io.machineid.wire.auth.UserCertsRequest;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys a request for certificates names, by the server's version. */
class CertsRequestsTest {

  private static final PublicKey KEY = KeyAlgorithm.ECDSA_P256.generate().getPublic();
  private static final ByteString SSH = ByteString.copyFromUtf8(SshKeys.authorizedKey(KEY));
  private static final ByteString TLS = ByteString.copyFromUtf8(Pem.publicKey(KEY));

  private static UserCertsRequest request(Optional<Integer> major) {
    return CertsRequests.of(
        new Order(
            "bot-example", Instant.EPOCH, List.of("editor"), "a.example", "k8s-cluster", false),
        KEY,
        major);
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16})
  void oneKeyForBoth_upTo16(int major) {
    UserCertsRequest request = request(Optional.of(major));
    assertThat(request.getPublicKey()).isEqualTo(SSH);
    assertThat(request.getSshPublicKey()).isEqualTo(ByteString.EMPTY);
    assertThat(request.getTlsPublicKey()).isEqualTo(ByteString.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18, 19})
  void oneKeyForEach_from17On(int major) {
    UserCertsRequest request = request(Optional.of(major));
    assertThat(request.getPublicKey()).isEqualTo(ByteString.EMPTY);
    assertThat(request.getSshPublicKey()).isEqualTo(SSH);
    assertThat(request.getTlsPublicKey()).isEqualTo(TLS);
  }

  @Test
  void bothForms_whereNothingIsKnown() {
    UserCertsRequest request = request(Optional.empty());
    assertThat(request.getPublicKey()).isEqualTo(SSH);
    assertThat(request.getSshPublicKey()).isEqualTo(SSH);
    assertThat(request.getTlsPublicKey()).isEqualTo(TLS);
  }
}
