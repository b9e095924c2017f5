package io.machineid.join;

import java.util.Objects;

/**
 * What an instance of Oracle Cloud shows to the join service of Teleport 18. The request in it is a
 * secret for some minutes; {@code toString()} shows nothing.
 */
public final class OracleProof {

  private final String certificate;
  private final String intermediate;
  private final byte[] signature;
  private final byte[] rootAuthoritiesRequest;

  private OracleProof(
      String certificate, String intermediate, byte[] signature, byte[] rootAuthoritiesRequest) {
    this.certificate = certificate;
    this.intermediate = intermediate;
    this.signature = signature;
    this.rootAuthoritiesRequest = rootAuthoritiesRequest;
  }

  /**
   * Holds evidence.
   *
   * @param certificate the certificate of the instance, PEM
   * @param intermediate who issued that, PEM
   * @param signature over the challenge with the key of the instance: RSA-PSS with SHA-256 and a
   *     salt of 32 bytes
   * @param rootAuthoritiesRequest a signed HTTP/1.1 request for Oracle's root authorities, as it
   *     would go over the wire; the cluster sends it
   * @return the evidence
   */
  public static OracleProof of(
      String certificate, String intermediate, byte[] signature, byte[] rootAuthoritiesRequest) {
    return new OracleProof(
        Objects.requireNonNull(certificate, "certificate"),
        Objects.requireNonNull(intermediate, "intermediate"),
        signature.clone(),
        rootAuthoritiesRequest.clone());
  }

  /**
   * The certificate of the instance.
   *
   * @return PEM
   */
  public String certificate() {
    return certificate;
  }

  /**
   * Who issued that.
   *
   * @return PEM
   */
  public String intermediate() {
    return intermediate;
  }

  /**
   * The signature over the challenge.
   *
   * @return a copy
   */
  public byte[] signature() {
    return signature.clone();
  }

  /**
   * The signed request: do not log it.
   *
   * @return a copy
   */
  public byte[] exposeRootAuthoritiesRequest() {
    return rootAuthoritiesRequest.clone();
  }

  long size() {
    return (long) certificate.length()
        + intermediate.length()
        + signature.length
        + rootAuthoritiesRequest.length;
  }

  @Override
  public String toString() {
    return "OracleProof[…]";
  }
}
