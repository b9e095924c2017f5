package io.machineid.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Parser;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.auth.Event;
import io.machineid.wire.auth.GetClusterCACertResponse;
import io.machineid.wire.auth.GetRoleRequest;
import io.machineid.wire.auth.ListResourcesRequest;
import io.machineid.wire.auth.ListResourcesResponse;
import io.machineid.wire.auth.PingRequest;
import io.machineid.wire.auth.PingResponse;
import io.machineid.wire.auth.UserCertsRequest;
import io.machineid.wire.auth.Watch;
import io.machineid.wire.presence.ListRemoteClustersRequest;
import io.machineid.wire.presence.ListRemoteClustersResponse;
import io.machineid.wire.trust.GetCertAuthoritiesRequest;
import io.machineid.wire.trust.GetCertAuthoritiesResponse;
import io.machineid.wire.trust.GetCertAuthorityRequest;
import io.machineid.wire.types.CertAuthorityV2;
import io.machineid.wire.types.RoleV6;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every message that was captured from a real cluster is read whole, and written back as it was.
 */
class GoldenMessagesTest {

  private static final Map<String, Parser<? extends Message>> TYPES =
      Map.ofEntries(
          Map.entry("google.protobuf.Empty", Empty.parser()),
          Map.entry("proto.Certs", Certs.parser()),
          Map.entry("proto.Event", Event.parser()),
          Map.entry("proto.GetClusterCACertResponse", GetClusterCACertResponse.parser()),
          Map.entry("proto.GetRoleRequest", GetRoleRequest.parser()),
          Map.entry("proto.ListResourcesRequest", ListResourcesRequest.parser()),
          Map.entry("proto.ListResourcesResponse", ListResourcesResponse.parser()),
          Map.entry("proto.PingRequest", PingRequest.parser()),
          Map.entry("proto.PingResponse", PingResponse.parser()),
          Map.entry("proto.UserCertsRequest", UserCertsRequest.parser()),
          Map.entry("proto.Watch", Watch.parser()),
          Map.entry(
              "teleport.presence.v1.ListRemoteClustersRequest", ListRemoteClustersRequest.parser()),
          Map.entry(
              "teleport.presence.v1.ListRemoteClustersResponse",
              ListRemoteClustersResponse.parser()),
          Map.entry(
              "teleport.trust.v1.GetCertAuthoritiesRequest", GetCertAuthoritiesRequest.parser()),
          Map.entry(
              "teleport.trust.v1.GetCertAuthoritiesResponse", GetCertAuthoritiesResponse.parser()),
          Map.entry("teleport.trust.v1.GetCertAuthorityRequest", GetCertAuthorityRequest.parser()),
          Map.entry("types.CertAuthorityV2", CertAuthorityV2.parser()),
          Map.entry("types.RoleV6", RoleV6.parser()));

  /**
   * Fields that real servers and clients send and that say nothing to a bot: licence features,
   * desktop filters, and what roles grant for databases, applications, desktops and SSH.
   */
  private static final Set<String> IRRELEVANT =
      Set.of(
          "proto.Features.18",
          "proto.Features.19",
          "proto.Features.21",
          "proto.Features.25",
          "proto.Features.26",
          "proto.Features.28",
          "proto.Features.32",
          "proto.Features.33",
          "proto.ListResourcesRequest.10",
          "types.RoleConditions.11",
          "types.RoleConditions.18",
          "types.RoleConditions.26",
          "types.RoleConditions.27",
          "types.RoleConditions.8",
          "types.RoleConditions.9",
          "types.RoleOptions.15",
          "types.RoleOptions.16",
          "types.RoleOptions.19",
          "types.RoleOptions.22",
          "types.RoleOptions.25",
          "types.RoleOptions.26",
          "types.RoleOptions.27",
          "types.RoleOptions.7");

  static Stream<Arguments> messages() {
    return new String(resource("index.tsv"), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split("\t", 2))
        .map(parts -> Arguments.of(parts[0], parts[1]));
  }

  private static byte[] resource(String name) {
    try (InputStream in = GoldenMessagesTest.class.getResourceAsStream("/golden/grpc/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void message_captured_decodesWholeAndEncodesBack(String file, String type) throws Exception {
    byte[] golden = resource(file);

    Message message = TYPES.get(type).parseFrom(golden);

    Set<String> unknown = new TreeSet<>();
    collectUnknown(message, unknown);
    assertThat(IRRELEVANT).as("unknown fields of " + type).containsAll(unknown);
    if (unknown.isEmpty()) {
      assertThat(message.toByteArray()).isEqualTo(golden);
    } else {
      assertThat(message.toByteArray()).hasSameSizeAs(golden);
    }
    assertThat(message.getParserForType().parseFrom(message.toByteArray())).isEqualTo(message);
  }

  private static void collectUnknown(MessageOrBuilder message, Set<String> found) {
    message
        .getUnknownFields()
        .asMap()
        .keySet()
        .forEach(number -> found.add(message.getDescriptorForType().getFullName() + "." + number));
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.isRepeated() && value instanceof Iterable<?> elements) {
                elements.forEach(element -> descend(element, found));
              } else {
                descend(value, found);
              }
            });
  }

  private static void descend(Object value, Set<String> found) {
    if (value instanceof MessageOrBuilder inner) {
      collectUnknown(inner, found);
    }
  }
}
