package io.machineid.join;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/** The memory of a TPM that outlasts everything, where its maker has put a certificate. */
final class TpmMemory {

  private static final int CERTIFICATE = 0x01c00002; // of the RSA key
  private static final int OWNER = 0x40000001;
  private static final int READ_BY_ITSELF = 1 << 18;
  private static final int CHUNK_BYTES = 512;
  private static final int LIMIT_BYTES = 16 * 1024;

  private final TpmLink link;

  TpmMemory(TpmLink link) {
    this.link = link;
  }

  /**
   * The certificate of the RSA endorsement key, DER; empty where there is none.
   *
   * @throws TpmRefusal where it may not be read
   */
  Optional<byte[]> certificate() throws TpmRefusal {
    TpmReader known;
    try {
      known = link.send(new TpmCommand("TPM2_NV_ReadPublic", 0x169).handle(CERTIFICATE));
    } catch (TpmRefusal e) {
      if (e.isOfMissing()) {
        return Optional.empty();
      }
      throw e;
    }
    TpmReader area = new TpmReader(known.sized()).skip(4 + 2); // index and hash algorithm
    int attributes = area.u32();
    int size = area.skipSized().u16(); // after the policy
    if (size > LIMIT_BYTES) {
      throw link.unreadable("TPM2_NV_ReadPublic");
    }
    return trimmed(read((attributes & READ_BY_ITSELF) != 0 ? CERTIFICATE : OWNER, size));
  }

  private byte[] read(int reader, int size) throws TpmRefusal {
    ByteArrayOutputStream all = new ByteArrayOutputStream(size);
    while (all.size() < size) {
      byte[] some =
          link.send(
                  new TpmCommand("TPM2_NV_Read", 0x14e)
                      .handle(reader)
                      .handle(CERTIFICATE)
                      .password()
                      .u16(Math.min(CHUNK_BYTES, size - all.size()))
                      .u16(all.size()))
              .sized();
      if (some.length == 0) {
        throw link.unreadable("TPM2_NV_Read");
      }
      all.writeBytes(some);
    }
    return all.toByteArray();
  }

  /** Makers leave room after a certificate. */
  private static Optional<byte[]> trimmed(byte[] stored) {
    if (stored.length < 4 || stored[0] != 0x30 || (stored[1] & 0xff) != 0x82) {
      return Optional.empty();
    }
    int length = 4 + (((stored[2] & 0xff) << 8) | (stored[3] & 0xff));
    return length > stored.length ? Optional.empty() : Optional.of(Arrays.copyOf(stored, length));
  }
}
