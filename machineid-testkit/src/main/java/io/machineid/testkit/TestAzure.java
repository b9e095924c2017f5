package io.machineid.testkit;

import io.machineid.testkit.internal.join.AzureCloud;
import io.machineid.testkit.internal.join.Issuer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.UUID;

/** A made-up Azure: a cloud with machines that a fake cluster believes. Thread-safe. */
public final class TestAzure {

  private final AzureCloud cloud;
  private final Issuer tenant;

  TestAzure(AzureCloud cloud, Issuer tenant) {
    this.cloud = cloud;
    this.tenant = tenant;
  }

  /** A machine, as its metadata service knows it. */
  record Machine(
      AzureCloud cloud, Issuer tenant, String subscription, String resourceId, String id) {

    String attest(String nonce) {
      return cloud.attest(nonce, id, subscription);
    }

    String token(String audience) {
      return tenant.sign(Map.of("aud", audience, "xms_mirid", resourceId));
    }
  }

  Machine machine(String subscription, String resourceGroup, String name) {
    String resourceId =
        "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Compute/virtualMachines/%s"
            .formatted(subscription, resourceGroup, name);
    String id = UUID.randomUUID().toString();
    cloud.putMachine(resourceId, id);
    return new Machine(cloud, tenant, subscription, resourceId, id);
  }

  /**
   * What the authorities of this cloud have published, where real ones have it too: {@code
   * http://www.microsoft.com/pkiops/certs/}. No request leaves this process.
   *
   * @param address where
   * @return the certificate, DER
   * @throws IOException when there is nothing at that address
   */
  public byte[] certificate(URI address) throws IOException {
    return cloud
        .published(address.toString())
        .orElseThrow(() -> new FileNotFoundException(address.toString()));
  }

  @Override
  public String toString() {
    return "TestAzure";
  }
}
