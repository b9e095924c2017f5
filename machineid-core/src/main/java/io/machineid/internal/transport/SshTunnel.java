package io.machineid.internal.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.Factory;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * One SSH connection to a proxy with one channel, which leads to the auth service. The only place
 * that knows the SSH library. The library makes its own connection, so that it is led to a port on
 * loopback, behind which is ours: through proxies, where there are any.
 */
final class SshTunnel {

  private static final String USER = "-teleport-internal-join";
  private static final String TELEPORT = "SSH-2.0-Teleport";
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final HostPort proxy;
  private final SshIdentity identity;
  private final Pipes pipes = new Pipes("machineid-ssh");

  private SshTunnel(HostPort proxy, SshIdentity identity) {
    this.proxy = proxy;
    this.identity = identity;
  }

  /**
   * Opens a tunnel; blocks.
   *
   * @param raw a connection to the proxy's SSH server
   * @param proxy its address, whose host its certificate has to name
   * @param identity who we are
   * @return a socket that ends all of it with it
   */
  static Socket open(Socket raw, HostPort proxy, SshIdentity identity) throws IOException {
    return new SshTunnel(proxy, identity).open(raw);
  }

  private Socket open(Socket raw) throws IOException {
    SshClient client = client();
    try (ServerSocket port = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      client.setIoServiceFactoryFactory(
          new Led(new InetSocketAddress(port.getInetAddress(), port.getLocalPort())));
      client.start();
      ClientSession session =
          client.connect(USER, proxy.host(), proxy.port()).verify(LONGEST).getSession();
      lead(port, session, raw);
      session.addPublicKeyIdentity(
          new KeyPair(parsed(identity.certificate()), identity.privateKey()));
      session.auth().verify(LONGEST);
      if (!session.getServerVersion().startsWith(TELEPORT)) {
        throw new IOException("an SSH server answers that is not one of Teleport");
      }
      DialChannel channel = new DialChannel();
      registered(session, channel);
      return channel.dialled(LONGEST, raw, () -> end(client));
    } catch (IOException | RuntimeException e) {
      end(client);
      throw e;
    } catch (GeneralSecurityException e) {
      end(client);
      throw new IOException("the SSH certificate of the bot cannot be read", e);
    }
  }

  /** The library's own way to make connections, but for where they lead. */
  private static final class Led implements IoServiceFactoryFactory {
    private final InetSocketAddress address;

    Led(InetSocketAddress address) {
      this.address = address;
    }

    @Override
    public IoServiceFactory create(FactoryManager manager) {
      return new LedElsewhere(manager, address);
    }

    @Override
    public void setExecutorServiceFactory(Factory<CloseableExecutorService> factory) {
      // the library's default ones
    }
  }

  private static void registered(ClientSession session, DialChannel channel) throws IOException {
    session.getService(ConnectionService.class).registerChannel(channel);
  }

  private void end(SshClient client) {
    pipes.close();
    client.close(true);
  }

  private SshClient client() {
    SshClient client = ClientBuilder.builder().build();
    client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setServerKeyVerifier((session, address, key) -> isOfCluster(key));
    CoreModuleProperties.ABORT_ON_INVALID_CERTIFICATE.set(client, true);
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, Duration.ZERO);
    return client;
  }

  /** Pipes the library's own connection, and nobody else's, into ours. */
  private void lead(ServerSocket port, ClientSession session, Socket raw) throws IOException {
    SocketAddress near = session.getIoSession().getLocalAddress();
    port.setSoTimeout(Math.toIntExact(LONGEST.toMillis()));
    Socket accepted = port.accept();
    while (!accepted.getRemoteSocketAddress().equals(near)) {
      accepted.close();
      accepted = port.accept();
    }
    pipes.lead(accepted, raw);
  }

  /** The library has verified the certificate's signature, its kind and its time. */
  private boolean isOfCluster(PublicKey key) {
    if (!(key instanceof OpenSshCertificate certificate)) {
      return false;
    }
    return certificate.getPrincipals().contains(proxy.host())
        && authorities().stream()
            .anyMatch(known -> KeyUtils.compareKeys(known, certificate.getCaPubKey()));
  }

  private List<PublicKey> authorities() {
    return identity.authorities().stream().map(SshTunnel::key).flatMap(Optional::stream).toList();
  }

  /** A key of a kind that is not known here vouches for nobody. */
  private static Optional<PublicKey> key(String line) {
    try {
      return Optional.of(parsed(line));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static PublicKey parsed(String line) throws IOException, GeneralSecurityException {
    return PublicKeyEntry.parsePublicKeyEntry(keyOf(line)).resolvePublicKey(null, null, null);
  }

  /** Without what may stand before and after a key in a line of known hosts. */
  private static String keyOf(String line) {
    String[] words = line.strip().split("\\s+", -1);
    for (int i = 0; i + 1 < words.length; i++) {
      if (words[i + 1].startsWith("AAAA")) {
        return words[i] + " " + words[i + 1];
      }
    }
    return line;
  }

  /** What is asked of the proxy. */
  static byte[] dial() {
    return "{\"address\":\"@remote-auth-server\",\"conn_type\":\"node\"}"
        .getBytes(StandardCharsets.UTF_8);
  }
}
