package io.machineid.internal.transport;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes a server that one of several managers believes, name and all. Each is made when those
 * before it do not do: to decode the roots of a Java runtime, or of a directory, takes a good part
 * of the time of a short-lived process.
 */
final class TieredTrust extends DelegatedTrust {

  private final List<Supplier<Optional<X509ExtendedTrustManager>>> makers;
  private final List<Optional<X509ExtendedTrustManager>> made = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();

  /** Takes what makes the managers, in the order in which they are asked; some make none. */
  TieredTrust(List<Supplier<Optional<X509ExtendedTrustManager>>> makers) {
    this.makers = List.copyOf(makers);
  }

  @Override
  void decide(Question question) throws CertificateException {
    CertificateException refusal = null;
    for (int tier = 0; tier < makers.size(); tier++) {
      Optional<X509ExtendedTrustManager> manager = manager(tier);
      if (manager.isEmpty()) {
        continue;
      }
      try {
        question.to(manager.get());
        return;
      } catch (CertificateException e) {
        refusal = refusal == null ? e : telling(refusal, e);
      }
    }
    throw refusal == null ? new CertificateException("there is nobody to trust") : refusal;
  }

  /** A wrong name or a certificate that has ended tells more than who does not know its issuer. */
  private static CertificateException telling(
      CertificateException earlier, CertificateException later) {
    boolean unknownIssuer =
        earlier.getCause() instanceof CertPathBuilderException
            || (earlier.getCause() instanceof CertPathValidatorException path
                && path.getReason() == PKIXReason.NO_TRUST_ANCHOR);
    CertificateException told = unknownIssuer ? later : earlier;
    told.addSuppressed(unknownIssuer ? earlier : later);
    return told;
  }

  private Optional<X509ExtendedTrustManager> manager(int tier) throws CertificateException {
    lock.lock();
    try {
      while (made.size() <= tier) {
        made.add(makers.get(made.size()).get());
      }
      return made.get(tier);
    } catch (RuntimeException e) {
      throw new CertificateException("the roots to trust could not be had: " + e, e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return IntStream.range(0, makers.size())
        .mapToObj(this::managerOrNone)
        .flatMap(Optional::stream)
        .flatMap(manager -> Stream.of(manager.getAcceptedIssuers()))
        .toArray(X509Certificate[]::new);
  }

  private Optional<X509ExtendedTrustManager> managerOrNone(int tier) {
    try {
      return manager(tier);
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }
}
