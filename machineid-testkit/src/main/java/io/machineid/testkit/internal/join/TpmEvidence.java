package io.machineid.testkit.internal.join;

import com.google.protobuf.ByteString;

/**
 * What a TPM says of itself.
 *
 * @param certificate the certificate of the endorsement key, DER; empty where there is none
 * @param key the endorsement key, PKIX; empty where there is a certificate
 * @param publicArea the attestation key
 * @param creationData how it was made
 * @param attestation the TPM's word for that
 * @param signature the attestation key's, on that word
 */
public record TpmEvidence(
    ByteString certificate,
    ByteString key,
    ByteString publicArea,
    ByteString creationData,
    ByteString attestation,
    ByteString signature) {}
