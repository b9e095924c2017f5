package io.machineid.testkit.internal.ssh;

import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.AuthorityType;
import io.machineid.testkit.internal.pki.CertificateAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;

/**
 * The SSH server of a proxy whose web port leads nobody to the auth service: who shows a
 * certificate of the cluster gets there by a channel of it. On loopback only.
 */
public final class TunnelServer implements AutoCloseable {

  private static final String USER = "-teleport-internal-join";

  private final Authorities authorities;
  private final SshServer server;

  /**
   * Listens.
   *
   * @param authorities who signs, and who is let in
   * @param publicHost what the proxy is called outside
   * @param auth the port of the auth service
   */
  public TunnelServer(Authorities authorities, String publicHost, IntSupplier auth) {
    this.authorities = authorities;
    try {
      KeyPair key = key();
      OpenSshCertificate certificate = certificate(key.getPublic(), publicHost);
      server = ServerBuilder.builder().build();
      server.setHost("127.0.0.1");
      server.setPort(0);
      server.setKeyPairProvider(KeyPairProvider.wrap(key));
      server.setHostKeyCertificateProvider(session -> List.of(certificate));
      server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
      server.setPublickeyAuthenticator((user, shown, session) -> isWelcome(user, shown));
      server.setChannelFactories(List.of(new DialledChannel.Factory(auth)));
      CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "Teleport");
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make the key of a server", e);
    }
  }

  private static KeyPair key() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private OpenSshCertificate certificate(PublicKey key, String publicHost)
      throws IOException, GeneralSecurityException {
    List<String> names =
        Stream.of(authorities.hostId(), publicHost, "localhost", "127.0.0.1", "::1")
            .distinct()
            .toList();
    return (OpenSshCertificate)
        parsed(authorities.get(AuthorityType.HOST).issueSshHost(key, names));
  }

  private static PublicKey parsed(String line) throws IOException, GeneralSecurityException {
    return PublicKeyEntry.parsePublicKeyEntry(line.strip()).resolvePublicKey(null, Map.of(), null);
  }

  /** The library has verified the certificate's signature and its time. */
  private boolean isWelcome(String user, PublicKey shown) {
    return shown instanceof OpenSshCertificate certificate
        && certificate.getType() == OpenSshCertificate.Type.USER
        && user.equals(USER)
        && certificate.getPrincipals().contains(user)
        && certificate.getExtensionsMap().containsKey("teleport-roles")
        && userAuthorities().anyMatch(key -> KeyUtils.compareKeys(key, certificate.getCaPubKey()));
  }

  private Stream<PublicKey> userAuthorities() {
    return authorities.trusted(AuthorityType.USER).stream()
        .map(CertificateAuthority::sshLine)
        .flatMap(Optional::stream)
        .map(
            line -> {
              try {
                return parsed(line);
              } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("an authority whose key cannot be read", e);
              }
            });
  }

  /** Where it listens. */
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.close(true);
  }
}
