package io.machineid.internal.warmup;

import io.machineid.internal.auth.CallsWarmUp;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.transport.TrustRoots;
import io.machineid.tls.PinnedTls;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * What a process does for the first time takes many times as long as later: classes are loaded and
 * run by the interpreter. Here it is done beforehand, beside what has to be waited for anyway.
 * Nothing is sent and nothing depends on it: what fails here fails again where it matters.
 */
public final class WarmUp {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final AtomicBoolean WAYS = new AtomicBoolean();
  private static final AtomicBoolean CALLS = new AtomicBoolean();
  private static final int HTTPS = 443;

  private WarmUp() {}

  /**
   * What meets a cluster: roots, TLS, keys, JSON. Once in a process; blocks.
   *
   * @param runtimeRoots whether the roots of the Java runtime will be needed, which are many
   */
  public static void ways(boolean runtimeRoots) {
    once(WAYS, () -> meet(runtimeRoots));
  }

  /** What a bot needs once it has joined. Once in a process; blocks. */
  public static void calls() {
    once(CALLS, CallsWarmUp::run);
  }

  private static void once(AtomicBoolean begun, Runnable work) {
    if (begun.compareAndSet(false, true)) {
      try {
        work.run();
      } catch (RuntimeException | LinkageError e) {
        LOG.log(Level.DEBUG, "a warm-up failed", e);
      }
    }
  }

  private static void meet(boolean runtimeRoots) {
    TrustManager[] trust =
        runtimeRoots ? new TrustManager[] {TrustRoots.of(Optional.empty())} : new TrustManager[0];
    SSLEngine engine =
        PinnedTls.context("localhost", new KeyManager[0], trust)
            .createSSLEngine("localhost", HTTPS);
    engine.setUseClientMode(true);
    try {
      engine.wrap(
          ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
    } catch (SSLException e) {
      LOG.log(Level.DEBUG, "a warm-up failed", e);
    }
    KeyPair unused = KeyAlgorithm.ECDSA_P256.generate();
    WebApi.warmUp();
  }
}
