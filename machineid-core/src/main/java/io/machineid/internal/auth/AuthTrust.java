package io.machineid.internal.auth;

import io.machineid.ConfigException;
import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.CaPin;
import io.machineid.internal.transport.Anything;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.HostPort;
import io.machineid.tls.PinnedTls;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;

/** How an auth server is verified by a bot that has no identity yet. */
@FunctionalInterface
public interface AuthTrust {

  /**
   * Finds out whom to trust; blocks.
   *
   * @param anonymous how an auth server is asked by who has no certificate
   * @throws ConnectionException when the server is none to trust
   * @throws ConfigException when nobody has said whom to trust
   */
  TrustManager resolve(AuthRoute anonymous);

  /** Trusts these authorities, as a CA file gives them. */
  static AuthTrust authorities(List<X509Certificate> authorities) {
    return anonymous -> PinnedTls.trustManager(authorities);
  }

  /** Trusts whatever answers. Only where a user has asked for just that. */
  static AuthTrust anything() {
    return anonymous -> new Anything();
  }

  /** Trusts nobody: the address is a proxy's, or the bot knows the cluster's authorities. */
  static AuthTrust nobody() {
    return Nobody.ONE;
  }

  /** Says what is missing. */
  enum Nobody implements AuthTrust {
    /** The only one. */
    ONE;

    @Override
    public TrustManager resolve(AuthRoute anonymous) {
      throw new ConfigException(
          "%s is no proxy, and an auth server must be verified: give `ca_pins` (caPins; `tctl status` prints the pin) or `ca_path` (clusterAuthorities), or join through `proxy_server` (proxy)"
              .formatted(anonymous.address()),
          null);
    }
  }

  /**
   * Asks the server for the cluster's authorities and believes the answer only if every one of them
   * is pinned.
   */
  static AuthTrust pinned(List<CaPin> pins) {
    return anonymous -> PinnedTls.trustManager(pinnedAuthorities(anonymous, pins));
  }

  private static List<X509Certificate> pinnedAuthorities(AuthRoute route, List<CaPin> pins) {
    HostPort auth = route.address();
    List<X509Certificate> authorities;
    // The connection is not verified, and need not be: what it brings is checked against the pins.
    try (AuthClient anonymous = AuthClient.anonymous(route)) {
      authorities = anonymous.clusterAuthority();
    }
    if (!CaPin.allMatch(authorities, pins)) {
      throw new ConnectionException(
          Reason.UNTRUSTED,
          false,
          "the auth server at %s has the CA pins %s, and not only those configured (%s). If the cluster's CA was rotated, take the pins of `tctl status`; if not, this is not your cluster"
              .formatted(
                  auth,
                  authorities.stream().map(CaPin::of).map(CaPin::value).toList(),
                  pins.stream().map(CaPin::value).toList()),
          null);
    }
    authorities.forEach(authority -> checkValid(authority, auth));
    return authorities;
  }

  private static void checkValid(X509Certificate authority, HostPort auth) {
    try {
      authority.checkValidity();
    } catch (CertificateException e) {
      throw new ConnectionException(
          Reason.UNTRUSTED,
          false,
          "a certificate authority of the cluster at %s is not valid now (%s to %s). Check this machine's clock"
              .formatted(
                  auth, authority.getNotBefore().toInstant(), authority.getNotAfter().toInstant()),
          e);
    }
  }
}
