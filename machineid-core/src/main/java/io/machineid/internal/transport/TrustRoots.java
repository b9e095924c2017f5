package io.machineid.internal.transport;

import io.machineid.tls.PinnedTls;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom to trust: the runtime's own roots, or exactly the certificates given. */
public final class TrustRoots {

  private TrustRoots() {}

  /**
   * A trust manager.
   *
   * @param roots what to trust; where empty, what this Java runtime trusts
   */
  public static X509TrustManager of(Optional<List<X509Certificate>> roots) {
    return roots.<X509TrustManager>map(PinnedTls::trustManager).orElseGet(TrustRoots::system);
  }

  private static X509TrustManager system() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((@Nullable KeyStore) null);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager found) {
          return found;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot verify certificates", e);
    }
    throw new IllegalStateException("this Java runtime has no X.509 trust manager");
  }
}
