package io.machineid.join;

import java.net.URI;

/**
 * Where the certificates of Microsoft's authorities come from, of which Teleport 18 wants those
 * above the signer of an attested document. Called for each join, on a thread of its own, and
 * interrupted when all of it takes longer than half a minute.
 */
@FunctionalInterface
public interface AzureCertificateSource {

  /**
   * Fetches a certificate now. May block.
   *
   * @param address where it is published, {@code http://www.microsoft.com/pkiops/certs/…}
   * @return the certificate, DER or PEM
   * @throws Exception when it cannot be had
   */
  byte[] certificate(URI address) throws Exception;
}
