package io.machineid.internal.lifecycle;

import io.machineid.BotEvent;
import io.machineid.BotHealth.CredentialHealth;
import io.machineid.ClosedException;
import io.machineid.Credential;
import io.machineid.CredentialRequest;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One credential that stays valid: its newest snapshot in one volatile field, and its own renewal.
 */
final class Output implements LiveCredential, RenewalLoop.Target {

  /** Keeps outputs. */
  interface Owner {

    /** Is told how a renewal went. */
    void settled(Optional<MachineIdException> error);

    /** Is told that an output was closed. */
    void closed(Output output);
  }

  private final CredentialRequest request;
  private final LongFunction<Credential> issuer;
  private final Events events;
  private final Owner owner;
  private final List<Consumer<Credential>> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> closeListeners = new CopyOnWriteArrayList<>();
  private volatile Credential current;
  private final AtomicInteger wanted = new AtomicInteger();
  private volatile boolean closed;
  private volatile @Nullable RenewalLoop loop;

  /**
   * Issues the first credential; blocks.
   *
   * @param request what is asked for
   * @param issuer issues the generation of the number it is given
   * @param events who is told of events
   * @param owner who keeps it
   */
  Output(CredentialRequest request, LongFunction<Credential> issuer, Events events, Owner owner) {
    this.request = request;
    this.issuer = issuer;
    this.events = events;
    this.owner = owner;
    this.current = issuer.apply(1);
  }

  /** Begins to renew, with what its loop needs. */
  void start(RenewalLoop.Setting setting) {
    RenewalLoop starting = new RenewalLoop(this, setting);
    loop = starting;
    starting.start();
  }

  @Override
  public Credential current() {
    if (closed) {
      throw new ClosedException("the credential");
    }
    return current;
  }

  @Override
  public Subscription onRotation(Consumer<Credential> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public Subscription onClose(Runnable listener) {
    closeListeners.add(listener);
    if (closed) {
      tellClosed();
    }
    return () -> closeListeners.remove(listener);
  }

  /** Each listener is told by whoever takes it out of the list first. */
  private void tellClosed() {
    List.copyOf(closeListeners).stream().filter(closeListeners::remove).forEach(Events::guarded);
  }

  @Override
  public Instant notAfter() {
    return current.notAfter();
  }

  @Override
  public Duration life() {
    Credential now = current;
    return Duration.between(now.notBefore(), now.notAfter());
  }

  @Override
  public void renew() {
    int before = wanted.get();
    Credential next = issuer.apply(current.generation() + 1);
    wanted.compareAndSet(before, 0); // what was wanted meanwhile, this one may not bring
    current = next;
    listeners.forEach(listener -> events.run(() -> listener.accept(next)));
    events.publish(new BotEvent.CredentialRenewed(request, next.notAfter()));
  }

  @Override
  public void settled(Optional<MachineIdException> error, Duration nextTry) {
    error.ifPresent(
        failure ->
            events.publish(new BotEvent.RenewalFailed(Optional.of(request), failure, nextTry)));
    owner.settled(error);
  }

  void renewSoon() {
    wanted.incrementAndGet();
    RenewalLoop running = loop;
    if (running != null) {
      running.renewSoon();
    }
  }

  /** Tries again now, if it was to be renewed at once and that failed. */
  void retryWanted() {
    if (wanted.get() > 0) {
      retrySoon();
    }
  }

  void retrySoon() {
    RenewalLoop running = loop;
    if (running != null) {
      running.retrySoon();
    }
  }

  CredentialHealth health() {
    Credential now = current;
    return new CredentialHealth(request, now.generation(), now.notAfter(), lastError());
  }

  Optional<MachineIdException> lastError() {
    RenewalLoop running = loop;
    return running == null ? Optional.empty() : running.lastError();
  }

  @Override
  public void close() {
    closed = true;
    RenewalLoop running = loop;
    if (running != null) {
      running.close();
    }
    listeners.clear();
    tellClosed();
    owner.closed(this);
  }
}
