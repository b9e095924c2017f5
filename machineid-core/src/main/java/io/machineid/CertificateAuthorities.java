package io.machineid;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The certificate authorities that a cluster trusts now; during a rotation there are two of a kind.
 *
 * @param host what issues the certificates of the cluster's servers
 * @param user what issues the certificates of users and bots
 * @param database what issues the certificates of databases
 * @param sshHost the host authorities' SSH keys, {@code authorized_keys} lines without newline
 * @param sshUser the user authorities' SSH keys, likewise
 */
public record CertificateAuthorities(
    List<X509Certificate> host,
    List<X509Certificate> user,
    List<X509Certificate> database,
    List<String> sshHost,
    List<String> sshUser) {

  /**
   * Copies.
   *
   * @param host component {@code host}
   * @param user component {@code user}
   * @param database component {@code database}
   * @param sshHost component {@code sshHost}
   * @param sshUser component {@code sshUser}
   */
  public CertificateAuthorities {
    host = List.copyOf(host);
    user = List.copyOf(user);
    database = List.copyOf(database);
    sshHost = List.copyOf(sshHost);
    sshUser = List.copyOf(sshUser);
  }
}
