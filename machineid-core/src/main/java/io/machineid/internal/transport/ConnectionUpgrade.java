package io.machineid.internal.transport;

import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whether a load balancer ends TLS before a proxy, so that the proxy cannot tell connections apart
 * by their first bytes, and how to get through one: a connection to the proxy's web API is turned
 * into one of bytes, in which TLS begins anew. Thread-safe.
 *
 * <p>The proxy is asked only when there is reason to: mostly, a connection that needs no upgrade
 * shows that none is needed.
 */
public final class ConnectionUpgrade {

  private static final String TUNNEL = "teleport-reversetunnel";
  private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(5);

  /** How long a question that got no answer is not asked again. */
  static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(15);

  private final HostPort proxy;
  private final X509TrustManager roots;
  private final Dialer dialer;
  private final UpgradeSettings settings;
  private final LongSupplier nanoTime;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Boolean needed;
  private volatile @Nullable Long unanswered;

  /**
   * Makes it; connects to nothing.
   *
   * @param proxy the proxy's web address
   * @param roots whom to trust for its web certificate
   * @param dialer how to get there
   * @param settings what a person has decided
   */
  public ConnectionUpgrade(
      HostPort proxy, X509TrustManager roots, Dialer dialer, UpgradeSettings settings) {
    this(proxy, roots, dialer, settings, System::nanoTime);
  }

  ConnectionUpgrade(
      HostPort proxy,
      X509TrustManager roots,
      Dialer dialer,
      UpgradeSettings settings,
      LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.proxy = proxy;
    this.roots = roots;
    this.dialer = dialer;
    this.settings = settings;
    this.needed = settings.decided(proxy).orElse(null);
  }

  /** The proxy's web address. */
  public HostPort proxy() {
    return proxy;
  }

  /** Whether a person has decided it. */
  public boolean isDecided() {
    return settings.decided(proxy).isPresent();
  }

  /** Whether connections are upgraded, as far as is known; blocks never. */
  public Optional<Boolean> known() {
    return Optional.ofNullable(needed);
  }

  /**
   * Whether connections have to be upgraded; blocks while that is not known, unless it could not be
   * found out some seconds ago. Many who want to know ask the proxy once.
   */
  public boolean isNeeded() {
    Boolean known = needed;
    if (known != null) {
      return known;
    }
    asking.lock();
    try {
      known = needed;
      if (known != null) {
        return known;
      }
      Long failed = unanswered;
      return (failed == null || nanoTime.getAsLong() - failed >= SILENCE.toNanos()) && ask();
    } finally {
      asking.unlock();
    }
  }

  /**
   * Asks the proxy, whatever is known; blocks.
   *
   * @return whether connections have to be upgraded; no where it could not be found out
   */
  public boolean ask() {
    Optional<Boolean> decided = settings.decided(proxy);
    if (decided.isPresent()) {
      return decided.get();
    }
    try {
      boolean answer = isEnded();
      needed = answer;
      return answer;
    } catch (IOException e) {
      unanswered = nanoTime.getAsLong();
      return Boolean.TRUE.equals(needed);
    }
  }

  /** A connection without an upgrade has worked. */
  void isNotNeeded() {
    if (!isDecided()) {
      needed = false;
    }
  }

  /** An upgrade was refused: things may have changed. */
  private void forget() {
    if (!isDecided()) {
      needed = null;
      unanswered = null;
    }
  }

  /** Whether somebody else than the proxy ends TLS: the proxy knows this protocol. */
  private boolean isEnded() throws IOException {
    try {
      ServerLook look =
          ServerLook.at(dialer.connect(proxy), proxy.host(), List.of(TUNNEL), QUESTION_TIMEOUT);
      return !TUNNEL.equals(look.protocol());
    } catch (SSLException e) {
      if (isAboutProtocols(e)) {
        return true;
      }
      throw e;
    }
  }

  /** The alert that says so, or JSSE's complaint of a protocol that was not offered. */
  private static boolean isAboutProtocols(SSLException e) {
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).replace('_', ' ');
    return text.contains("application protocol");
  }

  private SSLSocket tls(Socket raw) throws IOException {
    SSLContext context =
        PinnedTls.context(proxy.host(), new KeyManager[0], new TrustManager[] {roots});
    return (SSLSocket)
        context.getSocketFactory().createSocket(raw, proxy.host(), proxy.port(), true);
  }

  /**
   * Opens an upgraded connection; blocks.
   *
   * @return a socket in which TLS begins anew, at the proxy itself
   * @throws IOException where the proxy is not reached, or does not upgrade
   */
  public Socket open() throws IOException {
    Socket raw = dialer.connect(proxy);
    try {
      SSLSocket outer = tls(raw);
      outer.setSoTimeout(Math.toIntExact(HANDSHAKE_TIMEOUT.toMillis()));
      outer.startHandshake();
      return new UpgradedSocket(raw, outer, new UpgradeHandshake(proxy, settings).ask(outer));
    } catch (UpgradeHandshake.Refused e) {
      raw.close();
      forget();
      throw e;
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  @Override
  public String toString() {
    return "ConnectionUpgrade[" + proxy + ", needed " + needed + "]";
  }
}
