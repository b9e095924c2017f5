package io.machineid.join;

import java.net.URI;

/**
 * The join method {@code gcp}: the identity token of a service account, from the metadata server.
 */
final class GcpJoin {

  static final String NAME = "gcp";

  private static final String HOST_VARIABLE = "GCE_METADATA_HOST";
  private static final String HOST = "metadata.google.internal";
  private static final String PATH =
      "/computeMetadata/v1/instance/service-accounts/default/identity"
          + "?audience=teleport.cluster.local&format=full&licenses=FALSE";

  private GcpJoin() {}

  static IdTokenJoin of(String tokenName) {
    return IdTokenJoin.of(NAME, tokenName, GcpJoin::ask);
  }

  private static String ask(Surroundings surroundings) {
    String host = surroundings.variable(HOST_VARIABLE).orElse(HOST);
    URI target = PlatformAddress.parse(surroundings, HOST_VARIABLE, "http://" + host + PATH);
    return new PlatformRequest(surroundings, "the metadata server of Google Cloud", target)
        .direct()
        .header("Metadata-Flavor", "Google")
        .text();
  }
}
