package io.machineid.join;

import java.io.IOException;

/**
 * A TPM 2.0 at work for one join: it says who it is, and then opens what the cluster has sealed for
 * it. The calls come one after the other, on one daemon thread that is the join's own and is never
 * interrupted. A join does not wait for one that takes too long; {@link #close} comes last, when
 * that has returned.
 *
 * @see TpmSource
 */
public interface Tpm extends AutoCloseable {

  /**
   * Makes an attestation key, a restricted signing key that cannot leave the TPM, and says what it
   * is and whose. May block; hardware takes seconds to make a key.
   *
   * @return what the cluster checks
   * @throws Exception when there is none; a {@link io.machineid.MachineIdException} is passed on as
   *     it is
   */
  TpmAttestation attest() throws Exception;

  /**
   * Opens what is sealed for the endorsement key and the attestation key of {@link #attest}: {@code
   * TPM2_ActivateCredential}. May block, and be called more than once.
   *
   * @param credentialBlob a {@code TPMS_ID_OBJECT}, without a size before it
   * @param secret an encrypted seed, without a size before it
   * @return what was sealed; a secret until the cluster has it
   * @throws Exception when it cannot be opened
   */
  byte[] activate(byte[] credentialBlob, byte[] secret) throws Exception;

  /**
   * Lets go of the keys and sessions that it made, whatever has failed before.
   *
   * @throws IOException when it cannot be closed; the join is over either way
   */
  @Override
  void close() throws IOException;
}
