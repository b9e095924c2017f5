package io.machineid.internal.output;

import io.machineid.CertificateAuthorities;
import io.machineid.Credential;
import io.machineid.destination.FileSet;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.SshKeys;

/** The files that every output has, in the names and forms of {@code tbot}. */
public final class CredentialFiles {

  private CredentialFiles() {}

  /** Key, certificates and authorities one by one: the beginning of a set. */
  public static FileSet.Builder parts(Credential credential, CertificateAuthorities authorities) {
    return hostParts(credential, authorities)
        .addText("teleport-user-ca.crt", Pem.certificates(authorities.user()))
        .addText("teleport-database-ca.crt", Pem.certificates(authorities.database()));
  }

  /** The same with the host authorities alone, as newer kinds of outputs have it. */
  public static FileSet.Builder hostParts(
      Credential credential, CertificateAuthorities authorities) {
    return FileSet.builder()
        .addText("key.pub", SshKeys.authorizedKey(credential.certificate().getPublicKey()))
        .addText("key", Pem.privateKey(credential.exposePrivateKey()))
        .addText("key-cert.pub", credential.sshCertificate() + "\n")
        .addText("tlscert", Pem.certificate(credential.certificate()))
        .addText("teleport-host-ca.crt", Pem.certificates(authorities.host()));
  }

  /** The text of {@code identity}, with the blocks in the order in which tbot writes them. */
  public static String identity(String teleportCluster, Credential credential) {
    StringBuilder text = new StringBuilder();
    text.append(Pem.privateKey(credential.exposePrivateKey()));
    text.append(credential.sshCertificate()).append('\n');
    text.append(Pem.certificate(credential.certificate()));
    text.append(knownAuthorities(credential, "%1$s,*.%1$s".formatted(teleportCluster)));
    text.append(Pem.certificates(credential.hostAuthorities()));
    return text.toString();
  }

  /** One line for each SSH host authority: for which hosts it is to be believed. */
  static String knownAuthorities(Credential credential, String hosts) {
    StringBuilder lines = new StringBuilder();
    for (String authority : credential.sshHostAuthorities()) {
      String[] fields = authority.strip().split("\\s+", 3);
      String key = fields.length < 2 ? authority.strip() : fields[0] + " " + fields[1];
      lines.append("@cert-authority %s %s type=host\n".formatted(hosts, key));
    }
    return lines.toString();
  }
}
