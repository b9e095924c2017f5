package io.machineid.internal.auth;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.machineid.internal.transport.AuthChannels;
import io.machineid.wire.auth.AuthServiceGrpc;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.auth.ListResourcesRequest;
import io.machineid.wire.auth.ListResourcesResponse;
import io.machineid.wire.auth.UserCertsRequest;
import io.machineid.wire.trust.GetCertAuthoritiesResponse;
import io.machineid.wire.types.KubernetesClusterV3;
import io.machineid.wire.types.Metadata;
import java.util.List;

/** The first call of a process, to nobody, and the first messages. */
public final class CallsWarmUp {

  private CallsWarmUp() {}

  /** Makes a call that fails before it reaches any network, and decodes messages; blocks. */
  public static void run() {
    ManagedChannel nowhere = AuthChannels.toNowhere();
    try {
      ListResourcesResponse unused =
          AuthServiceGrpc.newBlockingStub(nowhere)
              .listResources(ListResourcesRequest.newBuilder().setResourceType("none").build());
    } catch (StatusRuntimeException e) {
      messages().forEach(CallsWarmUp::decode);
    } finally {
      nowhere.shutdownNow();
    }
  }

  private static List<MessageLite> messages() {
    Metadata labelled = Metadata.newBuilder().putLabels("none", "none").build();
    return List.of(
        KubernetesClusterV3.newBuilder().setMetadata(labelled).build(),
        UserCertsRequest.newBuilder().addRoleRequests("none").build(),
        Certs.getDefaultInstance(),
        GetCertAuthoritiesResponse.getDefaultInstance());
  }

  private static void decode(MessageLite message) {
    try {
      MessageLite unused = message.getParserForType().parseFrom(message.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what was encoded cannot be decoded", e);
    }
  }
}
