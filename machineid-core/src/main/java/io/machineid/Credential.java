package io.machineid;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One certificate with its private key and the authorities to trust with it: an immutable snapshot,
 * safe to share between threads. A {@link LiveCredential} replaces it by a new one before it ends.
 *
 * <p>The private key leaves this object through {@link #exposePrivateKey()} alone, and is never
 * part of {@link #toString()}.
 */
public final class Credential {

  private final long generation;
  private final X509Certificate certificate;
  private final PrivateKey privateKey;
  private final List<X509Certificate> hostAuthorities;
  private final List<X509Certificate> userAuthorities;
  private final String sshCertificate;
  private final List<String> sshHostAuthorities;

  /**
   * Makes a snapshot of the parts that belong together.
   *
   * @param generation which rotation this is, counted from 1 within this process
   * @param certificate the client certificate
   * @param privateKey its key
   * @param hostAuthorities the cluster's host CAs: what servers of the cluster are verified against
   * @param userAuthorities the cluster's user CAs: what issued {@code certificate}
   * @param sshCertificate the SSH form of the certificate, one {@code authorized_keys} line without
   *     newline
   * @param sshHostAuthorities public keys of the SSH host CAs, one {@code authorized_keys} line
   *     each
   */
  public Credential(
      long generation,
      X509Certificate certificate,
      PrivateKey privateKey,
      List<X509Certificate> hostAuthorities,
      List<X509Certificate> userAuthorities,
      String sshCertificate,
      List<String> sshHostAuthorities) {
    this.generation = generation;
    this.certificate = Objects.requireNonNull(certificate, "certificate");
    this.privateKey = Objects.requireNonNull(privateKey, "privateKey");
    this.hostAuthorities = List.copyOf(hostAuthorities);
    this.userAuthorities = List.copyOf(userAuthorities);
    this.sshCertificate = Objects.requireNonNull(sshCertificate, "sshCertificate");
    this.sshHostAuthorities = List.copyOf(sshHostAuthorities);
  }

  /**
   * Which rotation this is, counted from 1 in this process; not Teleport's generation counter.
   *
   * @return a number that grows with each rotation
   */
  public long generation() {
    return generation;
  }

  /**
   * The client certificate. A connection sends this one alone: Teleport refuses chains.
   *
   * @return the certificate
   */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * The private key itself. Keep it in memory; it is a secret as long as {@link #notAfter()} is
   * ahead.
   *
   * @return the key that belongs to {@link #certificate()}
   */
  public PrivateKey exposePrivateKey() {
    return privateKey;
  }

  /**
   * The cluster's host CAs, which servers of the cluster (auth, and the proxy's Kubernetes side)
   * are verified against.
   *
   * @return at least one certificate
   */
  public List<X509Certificate> hostAuthorities() {
    return hostAuthorities;
  }

  /**
   * The cluster's user CAs, which issue certificates like this one.
   *
   * @return the certificates, possibly none
   */
  public List<X509Certificate> userAuthorities() {
    return userAuthorities;
  }

  /**
   * The SSH certificate that came with the X.509 one, for the same key.
   *
   * @return one {@code authorized_keys} line without newline
   */
  public String sshCertificate() {
    return sshCertificate;
  }

  /**
   * Public keys of the cluster's SSH host CAs.
   *
   * @return {@code authorized_keys} lines without newline
   */
  public List<String> sshHostAuthorities() {
    return sshHostAuthorities;
  }

  /**
   * From when the certificate is valid; Teleport back-dates this by a minute.
   *
   * @return an instant on the server's clock
   */
  public Instant notBefore() {
    return certificate.getNotBefore().toInstant();
  }

  /**
   * Until when the certificate is valid, as the server really granted it.
   *
   * @return an instant on the server's clock
   */
  public Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }

  @Override
  public String toString() {
    return "Credential[generation=" + generation + ", notAfter=" + notAfter() + "]";
  }
}
