package io.machineid.internal.transport;

import java.security.PrivateKey;
import java.util.List;

/**
 * Who we are to SSH servers of the cluster, and how we know them.
 *
 * @param privateKey our key
 * @param certificate the certificate for it, one line
 * @param authorities the cluster's authorities for SSH, one line each
 */
public record SshIdentity(PrivateKey privateKey, String certificate, List<String> authorities) {

  /** Copies. */
  public SshIdentity {
    authorities = List.copyOf(authorities);
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "SshIdentity";
  }
}
