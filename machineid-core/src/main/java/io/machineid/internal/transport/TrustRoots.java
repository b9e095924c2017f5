package io.machineid.internal.transport;

import io.machineid.tls.PinnedTls;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom to trust: the runtime's own roots, exactly the certificates given, or both. */
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

  /**
   * A trust manager.
   *
   * @param more what to trust besides what this Java runtime trusts. Each is asked for once, and
   *     only when those before it do not vouch for a server; the runtime's own roots come last
   */
  public static X509TrustManager with(
      List<? extends Supplier<? extends Collection<X509Certificate>>> more) {
    List<Supplier<Optional<X509ExtendedTrustManager>>> tiers = new ArrayList<>();
    more.forEach(roots -> tiers.add(() -> manager(roots.get())));
    tiers.add(() -> Optional.of(extendedSystem()));
    return new TieredTrust(tiers);
  }

  private static Optional<X509ExtendedTrustManager> manager(Collection<X509Certificate> roots) {
    return roots.isEmpty() ? Optional.empty() : Optional.of(PinnedTls.trustManager(roots));
  }

  /** A manager that checks names as well. */
  private static X509ExtendedTrustManager extendedSystem() {
    X509TrustManager system = system();
    return system instanceof X509ExtendedTrustManager extended
        ? extended
        : PinnedTls.trustManager(List.of(system.getAcceptedIssuers()));
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
