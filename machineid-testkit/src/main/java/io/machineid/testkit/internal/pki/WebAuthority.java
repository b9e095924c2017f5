package io.machineid.testkit.internal.pki;

import io.machineid.testkit.internal.pki.CertificateWriter.Validity;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;

/** The authority outside of the cluster that vouches for the proxy's public name. */
public final class WebAuthority {

  private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");

  private final X509Certificate certificate;
  private final ServerIdentity server;

  private WebAuthority(X509Certificate certificate, ServerIdentity server) {
    this.certificate = certificate;
    this.server = server;
  }

  /** One of its own for another server on this machine, good for a day. */
  public static WebAuthority of(String publicHost) {
    Instant now = Instant.now();
    return create(
        publicHost, new Validity(now.minus(Duration.ofMinutes(1)), now.plus(Duration.ofDays(1))));
  }

  static WebAuthority create(String publicHost, Validity validity) {
    KeyPair authority = Keys.ec();
    X500Name name = new X500Name("CN=Test Web CA");
    X509Certificate root =
        new CertificateWriter(name, authority.getPublic(), validity, CertificateWriter.newSerial())
            .authority()
            .sign(name, authority.getPrivate());
    KeyPair key = Keys.ec();
    X509Certificate leaf =
        new CertificateWriter(
                new X500Name("CN=" + publicHost),
                key.getPublic(),
                validity,
                CertificateWriter.newSerial())
            .leaf(authority.getPublic())
            .names(
                Stream.of(publicHost, "*." + publicHost, "localhost")
                    .filter(host -> !ServerCertificates.isAddress(host))
                    .filter(host -> !ServerCertificates.isAddress(host.replace("*.", "")))
                    .distinct()
                    .toList(),
                Stream.concat(LOOPBACK.stream(), Stream.of(publicHost))
                    .filter(ServerCertificates::isAddress)
                    .distinct()
                    .toList())
            .sign(name, authority.getPrivate());
    return new WebAuthority(root, new ServerIdentity(key.getPrivate(), List.of(leaf)));
  }

  /** What clients of the web API trust. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** What the proxy shows for its public name. */
  public ServerIdentity server() {
    return server;
  }
}
