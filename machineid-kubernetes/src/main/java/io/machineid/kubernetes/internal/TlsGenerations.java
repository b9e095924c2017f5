package io.machineid.kubernetes.internal;

import io.machineid.ClosedException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ProxySelector;
import java.security.cert.CertificateExpiredException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The generations of one live credential: always the newest, made when it is first asked for.
 * Readers do not lock, apart from the first ones after a rotation. Thread-safe.
 */
public final class TlsGenerations implements AutoCloseable {

  private static final Logger LOG = System.getLogger(TlsGenerations.class.getPackageName());

  private final String what;
  private final LiveCredential live;
  private final String serverName;
  private final ProxySelector proxies;
  private final InstantSource clock;
  private final Drain drain;
  private final ReentrantLock making = new ReentrantLock();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final LiveCredential.Subscription rotation;
  private volatile LiveCredential.@Nullable Subscription end;
  private volatile @Nullable TlsGeneration newest;
  private volatile boolean endedBelow;
  private volatile boolean closed;

  /**
   * Starts to follow {@code live}.
   *
   * @param what what the credential is for, as errors call it
   */
  public TlsGenerations(
      String what, LiveCredential live, String serverName, Surroundings surroundings) {
    this.what = what;
    this.live = live;
    this.serverName = serverName;
    this.proxies = surroundings.proxies();
    this.clock = surroundings.clock();
    this.drain =
        new Drain(
            clock,
            surroundings.timers(),
            Threads.SHARED,
            new DrainPolicy(RandomGenerator.getDefault()),
            surroundings.metrics());
    this.rotation = live.onRotation(credential -> rotated());
    this.end = live.onClose(this::endBelow);
    if (closed) {
      stopListening();
    }
  }

  /** Which HTTP proxies to go through. */
  public ProxySelector proxies() {
    return proxies;
  }

  /** The newest generation, even when it has ended. */
  public TlsGeneration current() {
    if (closed && !endedBelow) {
      throw new ClosedException("the access to " + what);
    }
    Credential credential = live.current();
    TlsGeneration known = newest;
    return known != null && serves(known, credential) ? known : make();
  }

  /**
   * The newest generation, for a new request.
   *
   * @throws CredentialException when its certificate has ended: the server's answer to it would be
   *     a reset or nothing at all
   */
  public TlsGeneration usable() {
    TlsGeneration generation = current();
    if (isValid(generation)) {
      return generation;
    }
    Instant end = generation.credential().notAfter();
    throw new CredentialException(
        Reason.EXPIRED,
        true,
        "the certificate for "
            + what
            + " ended at "
            + end
            + " and the bot has no newer one yet: no request was sent. The bot's last error says why",
        new CertificateExpiredException("NotAfter: " + end));
  }

  /** The place for a new call. */
  record Begun(TlsGeneration generation, OpenCalls.Call call) {}

  /**
   * Begins a call on the newest generation.
   *
   * @param endless whether it is a stream, with no end of its own
   * @param cut ends the call with an error
   * @throws CredentialException as {@link #usable()}
   */
  Begun begin(boolean endless, Consumer<IOException> cut) {
    while (true) {
      TlsGeneration generation = usable();
      OpenCalls.Call call = generation.open().begin(endless, cut);
      if (call != null) {
        return new Begun(generation, call);
      }
      Thread.onSpinWait();
    }
  }

  /**
   * Whether an answer to a call on {@code used} may be due to its certificate alone: that one has
   * been replaced, and the newest is good.
   */
  boolean isOutdated(TlsGeneration used) {
    try {
      return usable() != used;
    } catch (MachineIdException e) {
      return false;
    }
  }

  /** Calls {@code listener} after a rotation; only to be quick, as {@link #current()} is exact. */
  public LiveCredential.Subscription onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Lets go of what {@code owner} has made for each generation. */
  void detach(Object owner) {
    drain.living().forEach(generation -> generation.detach(owner));
  }

  /** Cuts what is open, and lets nothing begin any more. */
  @Override
  public void close() {
    making.lock();
    try {
      closed = true;
      newest = null;
    } finally {
      making.unlock();
    }
    rotation.close();
    stopListening();
    listeners.clear();
    drain.close();
  }

  /**
   * Whether nothing newer is wanted. A generation that was ended although its certificate is good
   * (the clock was ahead, and has been put right) takes no calls any more, and has to be made anew.
   */
  private boolean serves(TlsGeneration generation, Credential credential) {
    return generation.credential() == credential
        && !(generation.open().isRetired() && isValid(generation));
  }

  /** The bot was closed, or the credential by itself: its own words are the ones to hear. */
  private void endBelow() {
    endedBelow = true;
    Threads.SHARED.execute(this::close);
  }

  private void stopListening() {
    LiveCredential.Subscription listening = end;
    if (listening != null) {
      listening.close();
    }
  }

  private boolean isValid(TlsGeneration generation) {
    return clock.instant().isBefore(generation.credential().notAfter());
  }

  private TlsGeneration make() {
    TlsGeneration old;
    TlsGeneration made;
    making.lock();
    try {
      Credential credential = live.current();
      old = newest;
      if (closed || (old != null && serves(old, credential))) {
        return current();
      }
      made = new TlsGeneration(credential, serverName);
      drain.begin(made);
      newest = made;
    } finally {
      making.unlock();
    }
    if (old != null) {
      drain.supersede(old);
    }
    return made;
  }

  private void rotated() {
    if (newest != null && !closed) {
      current();
    }
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "a client of " + what + " did not take the new certificate yet", e);
      }
    }
  }
}
