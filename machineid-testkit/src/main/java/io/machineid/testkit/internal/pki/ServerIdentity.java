package io.machineid.testkit.internal.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a server shows.
 *
 * @param privateKey its key
 * @param chain its certificate, and the authority's where a real one would send it
 */
public record ServerIdentity(PrivateKey privateKey, List<X509Certificate> chain) {

  /** Copies. */
  public ServerIdentity {
    chain = List.copyOf(chain);
  }

  @Override
  public String toString() {
    return "ServerIdentity[" + chain.get(0).getSubjectX500Principal() + "]";
  }
}
