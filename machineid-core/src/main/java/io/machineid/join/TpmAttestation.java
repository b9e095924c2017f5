package io.machineid.join;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a TPM says of itself: its endorsement key, and an attestation key with the TPM's own word
 * for how that was made. Nothing of it is a secret. Immutable and thread-safe; the methods that set
 * something return a changed copy. Arrays are copied on the way in and out.
 */
public final class TpmAttestation {

  private final byte[] publicArea;
  private final byte[] creationData;
  private final byte[] creationAttestation;
  private final byte[] creationSignature;
  private final byte @Nullable [] certificate;
  private final byte @Nullable [] key;

  private TpmAttestation(
      byte[] publicArea,
      byte[] creationData,
      byte[] creationAttestation,
      byte[] creationSignature,
      byte @Nullable [] certificate,
      byte @Nullable [] key) {
    this.publicArea = publicArea;
    this.creationData = creationData;
    this.creationAttestation = creationAttestation;
    this.creationSignature = creationSignature;
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * Begins with the attestation key, in the structures of TPM 2.0 without a size before them. An
   * endorsement key has to follow: {@link #certificate(byte[])} or {@link #key(byte[])}.
   *
   * @param publicArea the key: {@code TPMT_PUBLIC}
   * @param creationData how it was made: {@code TPMS_CREATION_DATA}
   * @param creationAttestation the TPM's word for that: {@code TPMS_ATTEST}
   * @param creationSignature signed with the key itself: {@code TPMT_SIGNATURE}
   * @return an attestation without an endorsement key
   */
  public static TpmAttestation of(
      byte[] publicArea,
      byte[] creationData,
      byte[] creationAttestation,
      byte[] creationSignature) {
    return new TpmAttestation(
        copy(publicArea, "publicArea"),
        copy(creationData, "creationData"),
        copy(creationAttestation, "creationAttestation"),
        copy(creationSignature, "creationSignature"),
        null,
        null);
  }

  private static byte[] copy(byte[] bytes, String name) {
    return Objects.requireNonNull(bytes, name).clone();
  }

  /**
   * Names the endorsement key by the certificate of the TPM's maker. That counts more than a key.
   *
   * @param der X.509, DER
   * @return a copy with that certificate
   */
  public TpmAttestation certificate(byte[] der) {
    return new TpmAttestation(
        publicArea, creationData, creationAttestation, creationSignature, copy(der, "der"), key);
  }

  /**
   * Names the endorsement key itself, where it has no certificate.
   *
   * @param der PKIX, DER
   * @return a copy with that key
   */
  public TpmAttestation key(byte[] der) {
    return new TpmAttestation(
        publicArea,
        creationData,
        creationAttestation,
        creationSignature,
        certificate,
        copy(der, "der"));
  }

  /**
   * The attestation key.
   *
   * @return {@code TPMT_PUBLIC}
   */
  public byte[] publicArea() {
    return publicArea.clone();
  }

  /**
   * How the attestation key was made.
   *
   * @return {@code TPMS_CREATION_DATA}
   */
  public byte[] creationData() {
    return creationData.clone();
  }

  /**
   * The TPM's word for how the attestation key was made.
   *
   * @return {@code TPMS_ATTEST}
   */
  public byte[] creationAttestation() {
    return creationAttestation.clone();
  }

  /**
   * The signature of the attestation key on that.
   *
   * @return {@code TPMT_SIGNATURE}
   */
  public byte[] creationSignature() {
    return creationSignature.clone();
  }

  /**
   * The certificate of the endorsement key.
   *
   * @return X.509, DER; empty where there is none
   */
  public Optional<byte[]> certificate() {
    return Optional.ofNullable(certificate).map(byte[]::clone);
  }

  /**
   * The endorsement key.
   *
   * @return PKIX, DER; may be empty where there is a certificate
   */
  public Optional<byte[]> key() {
    return Optional.ofNullable(key).map(byte[]::clone);
  }

  @Override
  public String toString() {
    return "TpmAttestation[" + TpmIdentity.describe(this) + "]";
  }
}
