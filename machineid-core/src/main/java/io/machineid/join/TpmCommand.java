package io.machineid.join;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A command in the making: handles first, then what authorizes it, then parameters. */
final class TpmCommand {

  private static final int NO_SESSIONS = 0x8001;
  private static final int SESSIONS = 0x8002;
  private static final int PASSWORD = 0x40000009;
  private static final int HEADER_BYTES = 10;

  private final String name;
  private final int code;
  private final ByteArrayOutputStream handles = new ByteArrayOutputStream();
  private final ByteArrayOutputStream sessions = new ByteArrayOutputStream();
  private final ByteArrayOutputStream parameters = new ByteArrayOutputStream();

  /**
   * A command without anything.
   *
   * @param name as the specification has it
   * @param code the command code
   */
  TpmCommand(String name, int code) {
    this.name = name;
    this.code = code;
  }

  String name() {
    return name;
  }

  /** What it is about. */
  TpmCommand handle(int handle) {
    handles.writeBytes(u32(handle));
    return this;
  }

  /** Authorizes it by the empty password. */
  TpmCommand password() {
    return session(PASSWORD);
  }

  /** Authorizes it by a session that stays open. */
  TpmCommand session(int handle) {
    sessions.writeBytes(u32(handle));
    sessions.writeBytes(new byte[] {0, 0, 1, 0, 0}); // no nonce; continue; no HMAC
    return this;
  }

  TpmCommand u8(int value) {
    parameters.write(value);
    return this;
  }

  TpmCommand u16(int value) {
    parameters.writeBytes(u16Bytes(value));
    return this;
  }

  TpmCommand parameter(int value) {
    parameters.writeBytes(u32(value));
    return this;
  }

  TpmCommand raw(byte[] bytes) {
    parameters.writeBytes(bytes);
    return this;
  }

  /** Bytes with their number before them. */
  TpmCommand sized(byte[] bytes) {
    parameters.writeBytes(u16Bytes(bytes.length));
    parameters.writeBytes(bytes);
    return this;
  }

  boolean hasSessions() {
    return sessions.size() > 0;
  }

  byte[] encoded() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(handles.toByteArray());
    if (hasSessions()) {
      body.writeBytes(u32(sessions.size()));
      body.writeBytes(sessions.toByteArray());
    }
    body.writeBytes(parameters.toByteArray());
    int size = HEADER_BYTES + body.size();
    return ByteBuffer.allocate(size)
        .putShort((short) (hasSessions() ? SESSIONS : NO_SESSIONS))
        .putInt(size)
        .putInt(code)
        .put(body.toByteArray())
        .array();
  }

  private static byte[] u16Bytes(int value) {
    return ByteBuffer.allocate(2).putShort((short) value).array();
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }
}
