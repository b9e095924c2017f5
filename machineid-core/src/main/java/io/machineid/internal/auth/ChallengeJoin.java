package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.ManagedChannel;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.SshKeys;
import io.machineid.join.AzureEvidence;
import io.machineid.join.AzureJoin;
import io.machineid.join.IamJoin;
import io.machineid.join.OracleJoin;
import io.machineid.join.OracleSignedRequests;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.join.JoinServiceGrpc;
import io.machineid.wire.join.JoinServiceGrpc.JoinServiceStub;
import io.machineid.wire.join.OracleSignedRequest;
import io.machineid.wire.join.RegisterUsingAzureMethodRequest;
import io.machineid.wire.join.RegisterUsingAzureMethodResponse;
import io.machineid.wire.join.RegisterUsingIAMMethodRequest;
import io.machineid.wire.join.RegisterUsingIAMMethodResponse;
import io.machineid.wire.join.RegisterUsingOracleMethodRequest;
import io.machineid.wire.join.RegisterUsingOracleMethodResponse;
import io.machineid.wire.types.RegisterUsingTokenRequest;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Joins with a challenge, which the evidence has to answer. In most the cluster speaks first. */
final class ChallengeJoin {

  private final JoinChannel channel;
  private final JoinOrder order;

  ChallengeJoin(JoinChannel channel, JoinOrder order) {
    this.channel = channel;
    this.order = order;
  }

  /** By the method {@code iam}; the request is dated by the cluster's time, and so by AWS'. */
  IssuedCertificates iam(IamJoin method, Instant now) throws KeyRefused {
    ManagedChannel opened = channel.open();
    try (JoinStream<RegisterUsingIAMMethodRequest, RegisterUsingIAMMethodResponse> stream =
        new JoinStream<>(order, channel.route(), stub(opened)::registerUsingIAMMethod)) {
      byte[] signed = method.exposeSignedRequest(stream.next().getChallenge(), now);
      stream.send(
          RegisterUsingIAMMethodRequest.newBuilder()
              .setRegisterUsingTokenRequest(request(order))
              .setStsIdentityRequest(ByteString.copyFrom(signed))
              .build());
      return certificates(stream.next().getCerts());
    } finally {
      JoinStream.end(opened);
    }
  }

  /** By the method {@code azure}. */
  IssuedCertificates azure(AzureJoin method) throws KeyRefused {
    ManagedChannel opened = channel.open();
    try (JoinStream<RegisterUsingAzureMethodRequest, RegisterUsingAzureMethodResponse> stream =
        new JoinStream<>(order, channel.route(), stub(opened)::registerUsingAzureMethod)) {
      AzureEvidence evidence = method.evidence(stream.next().getChallenge());
      stream.send(
          RegisterUsingAzureMethodRequest.newBuilder()
              .setRegisterUsingTokenRequest(request(order))
              .setAttestedData(ByteString.copyFromUtf8(evidence.exposeAttestedData()))
              .setAccessToken(evidence.exposeAccessToken())
              .build());
      return certificates(stream.next().getCerts());
    } finally {
      JoinStream.end(opened);
    }
  }

  /** By the method {@code oracle}, in which we speak first. */
  IssuedCertificates oracle(OracleJoin method, JoinTask task) throws KeyRefused {
    ManagedChannel opened = channel.open();
    try (JoinStream<RegisterUsingOracleMethodRequest, RegisterUsingOracleMethodResponse> stream =
        new JoinStream<>(order, channel.route(), stub(opened)::registerUsingOracleMethod)) {
      stream.send(
          RegisterUsingOracleMethodRequest.newBuilder()
              .setRegisterUsingTokenRequest(request(order))
              .build());
      OracleSignedRequests signed =
          method.signedRequests(
              stream.next().getChallenge(), task.now(), task.route().routes().proxies());
      stream.send(
          RegisterUsingOracleMethodRequest.newBuilder()
              .setOracleRequest(
                  OracleSignedRequest.newBuilder()
                      .putAllHeaders(signed.exposeHeaders())
                      .putAllPayloadHeaders(signed.exposePayloadHeaders()))
              .build());
      return certificates(stream.next().getCerts());
    } finally {
      JoinStream.end(opened);
    }
  }

  static JoinServiceStub stub(ManagedChannel opened) {
    return JoinServiceGrpc.newStub(opened)
        .withDeadlineAfter(JoinStream.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
  }

  private IssuedCertificates certificates(Certs certs) {
    return IssuedCertificates.of(certs, order.key());
  }

  static RegisterUsingTokenRequest request(JoinOrder order) {
    Instant expires = order.expires();
    return RegisterUsingTokenRequest.newBuilder()
        .setRole("Bot")
        .setToken(order.token())
        .setIdToken(order.idToken().orElse(""))
        .setPublicTlsKey(ByteString.copyFromUtf8(Pem.publicKey(order.key())))
        .setPublicSshKey(ByteString.copyFromUtf8(SshKeys.authorizedKey(order.key())))
        .setExpires(
            Timestamp.newBuilder().setSeconds(expires.getEpochSecond()).setNanos(expires.getNano()))
        .build();
  }
}
