package io.machineid.join;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Reads TPM structures; throws {@link BufferUnderflowException} where there is less. */
final class TpmReader {

  private final ByteBuffer bytes;

  TpmReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  TpmReader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  int u16() {
    return Short.toUnsignedInt(bytes.getShort());
  }

  int u32() {
    return bytes.getInt();
  }

  byte[] raw(int length) {
    if (length < 0 || length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] read = new byte[length];
    bytes.get(read);
    return read;
  }

  /** Reads on, past what is of no interest. */
  TpmReader skip(int length) {
    if (length < 0 || length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    bytes.position(bytes.position() + length);
    return this;
  }

  /** Reads on, past bytes with their number before them. */
  TpmReader skipSized() {
    return skip(u16());
  }

  /** Bytes with their number before them; without it. */
  byte[] sized() {
    return raw(u16());
  }

  byte[] rest() {
    return raw(bytes.remaining());
  }
}
