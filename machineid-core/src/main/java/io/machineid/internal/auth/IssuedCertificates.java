package io.machineid.internal.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.machineid.CredentialException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.SshKeys;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.joinv1.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster hands out in a join, a renewal or for an output, decoded and checked to belong to
 * our key.
 *
 * @param tls the client certificate
 * @param ssh its SSH form, one line without newline
 * @param tlsAuthorities the authorities that came along; which ones depends on the call
 * @param sshAuthorities SSH authority keys that came along, lines without newline
 */
public record IssuedCertificates(
    X509Certificate tls,
    String ssh,
    List<X509Certificate> tlsAuthorities,
    List<String> sshAuthorities) {

  /** Copies. */
  public IssuedCertificates {
    tlsAuthorities = List.copyOf(tlsAuthorities);
    sshAuthorities = List.copyOf(sshAuthorities);
  }

  /**
   * Decodes the answer of a gRPC call.
   *
   * @throws CredentialException when it is not what was asked for
   */
  static IssuedCertificates of(Certs certs, PublicKey expected) {
    return decode(
        certs.getTls().toByteArray(),
        certs.getSsh().toByteArray(),
        certs.getTlsCaCertsList().stream().map(bytes -> bytes.toByteArray()).toList(),
        certs.getSshCaCertsList().stream().map(bytes -> bytes.toByteArray()).toList(),
        expected);
  }

  /**
   * Decodes the answer of the join service of Teleport 18.
   *
   * @throws CredentialException when it is not what was asked for
   */
  static IssuedCertificates of(Certificates certificates, PublicKey expected) {
    try {
      return decode(
          certificates.getTlsCert().toByteArray(),
          line(certificates.getSshCert()),
          certificates.getTlsCaCertsList().stream().map(ByteString::toByteArray).toList(),
          certificates.getSshCaKeysList().stream().map(IssuedCertificates::line).toList(),
          expected);
    } catch (IllegalArgumentException e) {
      throw unusable(String.valueOf(e.getMessage()), e);
    }
  }

  private static byte[] line(ByteString blob) {
    return blob.isEmpty()
        ? new byte[0]
        : SshKeys.line(blob.toByteArray()).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Decodes the answer of a join over HTTP.
   *
   * @throws CredentialException when it is not what was asked for
   */
  static IssuedCertificates of(JsonNode certs, PublicKey expected) {
    try {
      return decode(
          certs.path("tls").binaryValue(),
          certs.path("ssh").binaryValue(),
          binaries(certs.path("tls_ca_certs")),
          binaries(certs.path("ssh_ca_certs")),
          expected);
    } catch (IOException e) {
      throw unusable("they are not base64", e);
    }
  }

  private static List<byte[]> binaries(JsonNode array) throws IOException {
    List<byte[]> result = new ArrayList<>();
    for (JsonNode element : array) {
      result.add(element.binaryValue());
    }
    return result;
  }

  private static IssuedCertificates decode(
      byte[] tls,
      byte[] ssh,
      List<byte[]> tlsAuthorities,
      List<byte[]> sshAuthorities,
      PublicKey expected) {
    if (tls == null
        || tls.length == 0
        || ssh == null
        || ssh.length == 0
        || tlsAuthorities.isEmpty()) {
      throw unusable("some are missing", null);
    }
    try {
      X509Certificate leaf = Pem.parseCertificates(tls).get(0);
      if (!leaf.getPublicKey().equals(expected)) {
        throw unusable("they are for another key than ours", null);
      }
      return new IssuedCertificates(
          leaf, line(ssh), Pem.parseCertificates(joined(tlsAuthorities)), lines(sshAuthorities));
    } catch (CertificateException e) {
      throw unusable("they cannot be decoded", e);
    }
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static List<String> lines(List<byte[]> texts) {
    return texts.stream().map(IssuedCertificates::line).toList();
  }

  private static String line(byte[] text) {
    return new String(text, StandardCharsets.US_ASCII).strip();
  }

  private static CredentialException unusable(String why, @Nullable Throwable cause) {
    return new CredentialException(
        Reason.BAD_RESPONSE,
        false,
        "the cluster answered with certificates that cannot be used: " + why,
        cause);
  }
}
