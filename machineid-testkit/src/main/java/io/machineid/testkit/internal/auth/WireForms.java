package io.machineid.testkit.internal.auth;

import com.google.protobuf.ByteString;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.joinv1.Certificates;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The same things as text, and in the binary forms of the newer join service. */
final class WireForms {

  private WireForms() {}

  static Certificates binary(Certs certs) {
    return Certificates.newBuilder()
        .setTlsCert(der(certs.getTls()))
        .addAllTlsCaCerts(certs.getTlsCaCertsList().stream().map(WireForms::der).toList())
        .setSshCert(blob(certs.getSsh()))
        .addAllSshCaKeys(certs.getSshCaCertsList().stream().map(WireForms::blob).toList())
        .build();
  }

  /** One block of PEM. */
  static ByteString der(ByteString pem) {
    String body = pem.toStringUtf8().replaceAll("-----[A-Z ]+-----", "");
    return ByteString.copyFrom(Base64.getMimeDecoder().decode(body));
  }

  /** A line of authorized_keys. */
  private static ByteString blob(ByteString line) {
    return ByteString.copyFrom(
        Base64.getDecoder().decode(line.toStringUtf8().strip().split(" ", 3)[1]));
  }

  /** A key in SSH's wire format, as a line of authorized_keys; empty where it is none. */
  static String line(ByteString blob) {
    ByteBuffer buffer = blob.asReadOnlyByteBuffer();
    try {
      byte[] type = new byte[Math.min(buffer.getInt() & 0xff, buffer.remaining())];
      buffer.get(type);
      return new String(type, StandardCharsets.US_ASCII)
          + " "
          + Base64.getEncoder().encodeToString(blob.toByteArray());
    } catch (BufferUnderflowException e) {
      return "";
    }
  }
}
