package io.machineid.internal.auth;

import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A way into a cluster: where a bot joins, and how it reaches the auth service afterwards.
 * Thread-safe; blocks.
 */
public interface ClusterRoute extends JoinDoor, AutoCloseable {

  /** The address that was configured, for messages. */
  HostPort address();

  /**
   * Meets the server before anything secret is sent to it.
   *
   * @throws io.machineid.ConnectionException when it is not what it should be
   */
  Contact contact();

  /**
   * What the first contact tells.
   *
   * @param signatureSuite the kind of keys that the cluster wants, where it says
   * @param serverTime what the server's clock said, if it said so
   * @param found what a proxy says of itself; empty where it was an auth server
   */
  record Contact(
      Optional<String> signatureSuite,
      Optional<Instant> serverTime,
      Optional<FoundCluster> found) {}

  /**
   * Is told the cluster's host authorities as a bot of it knows them. From now on an auth server's
   * own port is verified by these for a join, and by what was configured only where they are not
   * the server's any more; a join that is a conversation finds that out by failing, once. A proxy's
   * web port has a certificate of its own.
   *
   * @param authorities the newest
   */
  default void known(List<X509Certificate> authorities) {}

  /** Whether it leads to a proxy, as far as that is known. */
  boolean isProxy();

  /** What the server's clock says now, where it can be asked. Blocks. */
  Optional<Instant> serverTime();

  /** Which Teleport the cluster is, by the first number, as far as that is known before a join. */
  Optional<Integer> serverMajor();

  /** The way to the auth service of the cluster that was joined. */
  AuthRoute auth(String cluster);

  /**
   * What the cluster's proxy says of itself. Asked once, then remembered.
   *
   * @param auth asks the cluster where its proxy is, should that be needed
   */
  FoundCluster proxy(AuthClient auth);

  /** Who decides which way connections take. */
  Routes routes();

  @Override
  void close();
}
