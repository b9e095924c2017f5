package io.machineid.internal.transport;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Believes a server that one of several managers believes, name and all. Each is made when those
 * before it do not do: to decode the roots of a Java runtime, or of a directory, takes a good part
 * of the time of a short-lived process.
 */
final class TieredTrust extends X509ExtendedTrustManager {

  private final List<Supplier<Optional<X509ExtendedTrustManager>>> makers;
  private final List<Optional<X509ExtendedTrustManager>> made = new ArrayList<>();

  /** Takes what makes the managers, in the order in which they are asked; some make none. */
  TieredTrust(List<Supplier<Optional<X509ExtendedTrustManager>>> makers) {
    this.makers = List.copyOf(makers);
  }

  private interface Check {
    void by(X509ExtendedTrustManager manager) throws CertificateException;
  }

  private void check(Check check) throws CertificateException {
    CertificateException refusal = null;
    for (int tier = 0; tier < makers.size(); tier++) {
      Optional<X509ExtendedTrustManager> manager = manager(tier);
      if (manager.isEmpty()) {
        continue;
      }
      try {
        check.by(manager.get());
        return;
      } catch (CertificateException e) {
        if (refusal != null) {
          e.addSuppressed(refusal);
        }
        refusal = e;
      }
    }
    throw refusal == null ? new CertificateException("there is nobody to trust") : refusal;
  }

  private synchronized Optional<X509ExtendedTrustManager> manager(int tier) {
    while (made.size() <= tier) {
      made.add(makers.get(made.size()).get());
    }
    return made.get(tier);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(manager -> manager.checkServerTrusted(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    check(manager -> manager.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    check(manager -> manager.checkServerTrusted(chain, authType, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("for clients only");
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable Socket socket) {
    throw new UnsupportedOperationException("for clients only");
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
    throw new UnsupportedOperationException("for clients only");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    manager(makers.size() - 1);
    return made.stream()
        .flatMap(Optional::stream)
        .flatMap(manager -> Stream.of(manager.getAcceptedIssuers()))
        .toArray(X509Certificate[]::new);
  }
}
