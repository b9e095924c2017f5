package io.machineid.internal.transport;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Lets who shows the certificate of a Teleport server answer, whoever has signed it. It is for a
 * join within an upgraded connection alone: there a proxy shows a certificate of the cluster's own
 * authority, which nobody knows before the join. The connection around it was verified by the web
 * roots, and it is that which vouches for the proxy, as it does for joins over HTTP.
 */
public final class AnyMember extends ServerTrust {

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chain[0].checkValidity();
    if (!new ServerLook(List.of(chain), "").isOfCluster()) {
      throw new CertificateException(
          "within the upgraded connection no Teleport proxy answers: the certificate there is not for "
              + AuthRoute.ANY_CLUSTER);
    }
  }
}
