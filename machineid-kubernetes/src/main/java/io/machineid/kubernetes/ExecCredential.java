package io.machineid.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.Pem;
import io.machineid.kubernetes.internal.IdentityFile;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a credential plugin answers to kubectl: a client certificate with its key, and when to ask
 * again. A snapshot, immutable; the key leaves it through {@link #toJson()} alone.
 */
public final class ExecCredential {

  /** The file with the credentials of clusters that have one each, see {@link FleetOutput}. */
  public static final String CLUSTERS_FILE = "kubernetes-credentials.json";

  private static final Duration MARGIN = Duration.ofMinutes(1);

  private final String certificate;
  private final String key;
  private final Instant expiration;

  private ExecCredential(String certificate, String key, Instant end, Instant now) {
    this.certificate = certificate;
    this.key = key;
    this.expiration = now.plus(MARGIN).isBefore(end) ? end.minus(MARGIN) : end;
  }

  /**
   * The answer for a credential.
   *
   * @param credential what to hand out, even when it has expired
   * @param now the time, which decides how much of the margin of a minute is kept
   * @return the answer
   */
  public static ExecCredential of(Credential credential, Instant now) {
    return of(credential.certificate(), credential.exposePrivateKey(), now);
  }

  /**
   * The answer for a certificate and its key.
   *
   * @param certificate what to hand out, even when it has expired
   * @param key its private key
   * @param now the time, which decides how much of the margin of a minute is kept
   * @return the answer
   */
  public static ExecCredential of(X509Certificate certificate, PrivateKey key, Instant now) {
    return new ExecCredential(
        Pem.certificate(certificate),
        Pem.privateKey(key),
        certificate.getNotAfter().toInstant(),
        now);
  }

  /**
   * The answer for Teleport's identity file, as {@link KubernetesOutput} and {@code tbot} write it.
   *
   * @param text the text of the file {@code identity}
   * @param now the time, which decides how much of the margin of a minute is kept
   * @return the answer
   * @throws CredentialException when the text holds no key with a certificate
   */
  public static ExecCredential ofIdentityFile(String text, Instant now) {
    try {
      IdentityFile file = IdentityFile.parse(text);
      return new ExecCredential(
          file.certificatePem(), file.keyPem(), file.certificate().getNotAfter().toInstant(), now);
    } catch (CertificateException e) {
      throw new CredentialException(
          Reason.BAD_RESPONSE, false, "the identity file cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * The answer for one cluster of the file {@link #CLUSTERS_FILE}.
   *
   * @param text the text of the file
   * @param cluster the cluster's name in Teleport
   * @param now the time, which decides how much of the margin of a minute is kept
   * @return the answer
   * @throws CredentialException when the text is no such file, or has no such cluster
   */
  public static ExecCredential ofClustersFile(String text, String cluster, Instant now) {
    try {
      ClusterCredentials.Entry found =
          ClusterCredentials.find(text, cluster)
              .orElseThrow(
                  () ->
                      new CredentialException(
                          Reason.NOT_FOUND,
                          false,
                          "there is no credential for the Kubernetes cluster \"%s\". Has it left, or does the kubeconfig belong to another directory?"
                              .formatted(cluster),
                          null));
      return ofIdentityFile(found.key() + found.certificate(), now);
    } catch (IOException e) {
      throw new CredentialException(
          Reason.BAD_RESPONSE, false, "the file cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * When kubectl shall ask again: a minute before the certificate ends, or at its end where less
   * than a minute is left.
   *
   * @return an instant on the server's clock
   */
  public Instant expirationTimestamp() {
    return expiration;
  }

  /**
   * The JSON document that kubectl reads, with the private key in it.
   *
   * @return one line without a newline
   */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("kind", "ExecCredential");
      json.writeStringField("apiVersion", ExecPlugin.V1BETA1);
      json.writeObjectFieldStart("spec");
      json.writeBooleanField("interactive", false);
      json.writeEndObject();
      json.writeObjectFieldStart("status");
      json.writeStringField(
          "expirationTimestamp", expiration.truncatedTo(ChronoUnit.SECONDS).toString());
      json.writeStringField("clientCertificateData", certificate);
      json.writeStringField("clientKeyData", key);
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return "ExecCredential[expirationTimestamp=" + expiration + "]";
  }
}
