package io.machineid.testkit.internal.pki;

import io.machineid.testkit.internal.pki.CertificateWriter.Validity;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.jspecify.annotations.Nullable;

/** One authority of a cluster: a self-signed certificate, and a key for SSH. Immutable. */
public final class CertificateAuthority {

  private final AuthorityType type;
  private final KeyPair tls;
  private final @Nullable CompletableFuture<KeyPair> ssh;
  private final X509Certificate certificate;

  private CertificateAuthority(
      AuthorityType type,
      KeyPair tls,
      @Nullable CompletableFuture<KeyPair> ssh,
      X509Certificate certificate) {
    this.type = type;
    this.tls = tls;
    this.ssh = ssh;
    this.certificate = certificate;
  }

  static CertificateAuthority create(
      AuthorityType type,
      SignatureSuite suite,
      String clusterName,
      Validity validity,
      Executor executor) {
    CompletableFuture<KeyPair> ssh =
        type.hasSsh() ? CompletableFuture.supplyAsync(suite::newSshKey, executor) : null;
    KeyPair tls = suite.newTlsKey(type);
    BigInteger serial = CertificateWriter.newSerial();
    X500Name name =
        new X500Name(
            new RDN[] {
              TlsSubject.rdn(BCStyle.O, clusterName),
              TlsSubject.rdn(BCStyle.CN, clusterName),
              TlsSubject.rdn(BCStyle.SERIALNUMBER, serial.toString())
            });
    X509Certificate certificate =
        new CertificateWriter(name, tls.getPublic(), validity, serial)
            .authority()
            .sign(name, tls.getPrivate());
    return new CertificateAuthority(type, tls, ssh, certificate);
  }

  /** What it is for. */
  public AuthorityType type() {
    return type;
  }

  /** What clients trust. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** The key that signs SSH certificates, as an authorized_keys line. */
  public Optional<String> sshLine() {
    return Optional.ofNullable(ssh).map(pair -> SshKey.of(pair.join().getPublic()).line());
  }

  X509Certificate issue(X500Name subject, PublicKey key, Instant notBefore, Instant notAfter) {
    return leaf(subject, key, new Validity(notBefore, notAfter)).sign(name(), tls.getPrivate());
  }

  X509Certificate issueServer(
      TlsIdentity server, PublicKey key, Validity validity, ServerNames names) {
    return leaf(server.toSubject(), key, validity)
        .names(names.dnsNames(), names.addresses())
        .sign(name(), tls.getPrivate());
  }

  /**
   * The certificate of an SSH server of the cluster, without an end.
   *
   * @param key the server's
   * @param principals its names
   * @return a line as authorized_keys files have it
   */
  public String issueSshHost(PublicKey key, List<String> principals) {
    SortedMap<String, String> extensions = new TreeMap<>();
    extensions.put("x-teleport-authority", clusterName());
    extensions.put("x-teleport-role", "Proxy");
    return issueSsh(
        SshCertificate.HOST,
        SshKey.of(key),
        new SshCertificate.Content(
            "", principals, Instant.EPOCH, Instant.ofEpochSecond(-1), extensions));
  }

  String issueSsh(SshKey subject, SshCertificate.Content content) {
    return issueSsh(SshCertificate.USER, subject, content);
  }

  private String issueSsh(int kind, SshKey subject, SshCertificate.Content content) {
    if (ssh == null) {
      throw new IllegalStateException("the " + type.wireName() + " authority has no SSH key");
    }
    return SshCertificate.sign(kind, subject, content, ssh.join());
  }

  private CertificateWriter leaf(X500Name subject, PublicKey key, Validity validity) {
    return new CertificateWriter(subject, key, validity, CertificateWriter.newSerial())
        .leaf(tls.getPublic());
  }

  private String clusterName() {
    return name().getRDNs(BCStyle.CN)[0].getFirst().getValue().toString();
  }

  private X500Name name() {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  /** Names that a server's certificate is good for. */
  record ServerNames(List<String> dnsNames, List<String> addresses) {}
}
