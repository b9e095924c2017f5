package io.machineid.tls;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** An initialised context whose engines and sockets are pinned. */
final class PinnedContext extends SSLContext {

  private PinnedContext(Spi spi, SSLContext plain) {
    super(spi, plain.getProvider(), plain.getProtocol());
  }

  static SSLContext of(SSLContext plain, PinnedName name, BooleanSupplier open) {
    return new PinnedContext(new Spi(plain, name, open), plain);
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext plain;
    private final PinnedName name;
    private final SSLSocketFactory sockets;
    private final BooleanSupplier open;

    Spi(SSLContext plain, PinnedName name, BooleanSupplier open) {
      this.plain = plain;
      this.open = open;
      this.name = name;
      this.sockets = new PinnedSocketFactory(plain.getSocketFactory(), name);
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("a pinned context cannot be initialised again");
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return engineCreateSSLEngine(name.host(), -1);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(@Nullable String host, int port) {
      return new PinnedEngine(plain.createSSLEngine(name.host(), port), name, open);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return sockets;
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw new UnsupportedOperationException("a pinned context is for clients");
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return plain.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return plain.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return name.applyTo(plain.getDefaultSSLParameters());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return name.applyTo(plain.getSupportedSSLParameters());
    }
  }
}
