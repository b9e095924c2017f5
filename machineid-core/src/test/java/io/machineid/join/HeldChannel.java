package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The way to a TPM, on which one command waits: the one that comes when all keys are made. */
final class HeldChannel implements ByteChannel {

  private static final int CERTIFY_CREATION = 0x14a;

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final CompletableFuture<Throwable> outcome = new CompletableFuture<>();
  private volatile ByteChannel channel;

  ByteChannel over(ByteChannel behind) {
    channel = behind;
    return this;
  }

  void awaitReached(Duration longest) throws InterruptedException {
    assertThat(reached.await(longest.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  void release() {
    released.countDown();
  }

  /** Takes what a call ends with. */
  void outcome(ThrowingCallable call) {
    try {
      call.call();
      outcome.complete(new AssertionError("it went well"));
    } catch (Throwable e) {
      outcome.complete(e);
    }
  }

  Throwable awaitOutcome(Duration longest) throws Exception {
    return outcome.get(longest.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (source.getInt(6) == CERTIFY_CREATION) {
      reached.countDown();
      awaitReleased();
    }
    return channel.write(source);
  }

  /** As the kernel does: not to be hurried by an interrupt, which is seen afterwards. */
  private void awaitReleased() {
    boolean interrupted = false;
    while (true) {
      try {
        released.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
