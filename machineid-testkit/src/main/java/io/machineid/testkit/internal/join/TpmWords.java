package io.machineid.testkit.internal.join;

import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.pki.Sha256;
import io.machineid.testkit.internal.state.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Reads and writes the structures of TPM 2.0. */
final class TpmWords {

  /** The algorithm SHA-256. */
  static final int SHA_256 = 0x000b;

  private final ByteBuffer bytes;

  TpmWords(ByteString bytes) {
    this.bytes = bytes.asReadOnlyByteBuffer();
  }

  int u16() {
    return Short.toUnsignedInt(bytes.getShort());
  }

  int u32() {
    return bytes.getInt();
  }

  byte[] raw(int length) {
    byte[] read = new byte[length];
    bytes.get(read);
    return read;
  }

  /** Bytes with their number before them; without it. */
  byte[] sized() {
    return raw(u16());
  }

  /** Reads on, past what is of no interest. */
  TpmWords skip(int length) {
    var unused = raw(length);
    return this;
  }

  /** Refuses what goes on. */
  void end() {
    if (bytes.hasRemaining()) {
      throw new BufferUnderflowException();
    }
  }

  /** Bytes, with their number before them. */
  static byte[] sized(byte[] content) {
    return joined(new byte[] {(byte) (content.length >> 8), (byte) content.length}, content);
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** What a TPM calls an object. */
  static byte[] name(ByteString publicArea) {
    return joined(new byte[] {0, SHA_256}, digest(publicArea));
  }

  static byte[] digest(ByteString content) {
    return Sha256.digest(content.toByteArray());
  }

  /** The refusal of what does not hold what it should. */
  static Refusal malformed(String what) {
    return Refusal.bad("failed to decode " + what);
  }
}
