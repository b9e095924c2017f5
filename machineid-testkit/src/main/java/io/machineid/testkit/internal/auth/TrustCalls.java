package io.machineid.testkit.internal.auth;

import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.AuthorityType;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.trust.GetCertAuthoritiesRequest;
import io.machineid.wire.trust.GetCertAuthoritiesResponse;
import io.machineid.wire.trust.GetCertAuthorityRequest;
import io.machineid.wire.trust.TrustServiceGrpc;
import io.machineid.wire.types.CertAuthorityV2;
import java.util.Set;

/** The calls about certificate authorities. */
final class TrustCalls extends TrustServiceGrpc.TrustServiceImplBase {

  private static final String DENIED =
      "access denied to perform action \"read\" on \"cert_authority\"";
  private static final Set<String> UNUSED =
      Set.of("db_client", "openssh", "jwt", "saml_idp", "oidc_idp", "spiffe");

  private final Authorities authorities;

  TrustCalls(Authorities authorities) {
    this.authorities = authorities;
  }

  @Override
  public void getCertAuthority(
      GetCertAuthorityRequest request, StreamObserver<CertAuthorityV2> observer) {
    Answers.answer(observer, () -> one(request));
  }

  @Override
  public void getCertAuthorities(
      GetCertAuthoritiesRequest request, StreamObserver<GetCertAuthoritiesResponse> observer) {
    Answers.answer(observer, () -> all(request));
  }

  private CertAuthorityV2 one(GetCertAuthorityRequest request) {
    check(request.getType(), request.getIncludeKey());
    String domain = request.getDomain();
    if (!domain.equals(authorities.clusterName()) || UNUSED.contains(request.getType())) {
      throw Refusal.notFound(
          "key \"/authorities/%s/%s\" is not found".formatted(request.getType(), domain));
    }
    return AuthorityMessages.of(
        authorities, AuthorityType.ofWireName(request.getType()).orElseThrow());
  }

  private GetCertAuthoritiesResponse all(GetCertAuthoritiesRequest request) {
    check(request.getType(), request.getIncludeKey());
    GetCertAuthoritiesResponse.Builder answer = GetCertAuthoritiesResponse.newBuilder();
    AuthorityType.ofWireName(request.getType())
        .map(type -> AuthorityMessages.of(authorities, type))
        .ifPresent(answer::addCertAuthoritiesV2);
    return answer.build();
  }

  private static void check(String type, boolean withKey) {
    Answers.caller(DENIED);
    if (withKey) {
      throw Refusal.denied(DENIED);
    }
    if (AuthorityType.ofWireName(type).isEmpty() && !UNUSED.contains(type)) {
      throw Refusal.bad("\"%s\" authority type is not supported".formatted(type));
    }
  }
}
