package io.machineid.kubernetes.internal;

import io.machineid.Credential;
import io.machineid.tls.PinnedTls;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * One credential made ready for TLS, and what is open on it. Each has a context of its own, so that
 * no session of an older certificate is resumed.
 */
public final class TlsGeneration {

  private final Credential credential;
  private final String serverName;
  private final KeyManager[] keys;
  private final X509TrustManager trust;
  private final OpenCalls open = new OpenCalls();
  private final SSLSocketFactory sockets;
  private final Map<Object, OpenCalls.Connection> attached = new ConcurrentHashMap<>();

  TlsGeneration(Credential credential, String serverName) {
    this.credential = credential;
    this.trust = PinnedTls.trustManager(credential.hostAuthorities());
    this.serverName = serverName;
    this.keys =
        new KeyManager[] {
          PinnedTls.keyManager(credential.exposePrivateKey(), credential.certificate())
        };
    this.sockets = new KeptSocketFactory(context(() -> true).getSocketFactory(), open);
  }

  Credential credential() {
    return credential;
  }

  /** A new context with this credential, whose engines fail when {@code open} says no. */
  SSLContext context(BooleanSupplier open) {
    return PinnedTls.context(serverName, keys, new TrustManager[] {trust}, open);
  }

  X509TrustManager trust() {
    return trust;
  }

  /** What is open on this generation's connections. */
  OpenCalls open() {
    return open;
  }

  /** Layers TLS over sockets that are closed with this generation; always the same object. */
  SSLSocketFactory sockets() {
    return sockets;
  }

  /** What {@code owner} has made for this generation; made now when there is none. */
  <T extends OpenCalls.Connection> T attached(
      Object owner, Class<T> type, Function<TlsGeneration, T> maker) {
    return type.cast(
        attached.computeIfAbsent(
            owner,
            key -> {
              T made = maker.apply(this);
              open.keep(made);
              return made;
            }));
  }

  /** Closes what {@code owner} has made for this generation. */
  void detach(Object owner) {
    OpenCalls.Connection made = attached.remove(owner);
    if (made != null) {
      open.drop(made);
    }
  }
}
