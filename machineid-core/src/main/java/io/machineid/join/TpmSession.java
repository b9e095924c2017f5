package io.machineid.join;

import io.machineid.JoinException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A TPM during one join, in bounded time. For one thread; blocks. The TPM itself is used by one
 * daemon thread, which is never interrupted: the join leaves it when it takes too long, and it lets
 * go of the TPM as soon as that answers.
 */
public final class TpmSession implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");

  private static final Duration CLOSING = Duration.ofSeconds(10);
  private static final int PART_LIMIT_BYTES = 16 * 1024;
  private static final int SEALED_LIMIT_BYTES = 4 * 1024;
  private static final int RSA_STEP_BYTES = 64;
  private static final int SOLUTION_LIMIT_BYTES = 1024;

  private final TpmSource source;
  private final Duration longest;
  private final ExecutorService thread = Executors.newSingleThreadExecutor(TpmSession::daemon);
  private volatile boolean over;
  private boolean late;
  private @Nullable Tpm held; // of that thread
  private @Nullable TpmAttestation known;

  TpmSession(TpmSource source, Duration longest) {
    this.source = source;
    this.longest = longest;
  }

  /**
   * What the TPM says of itself; asked once. Blocks, a minute and a half at most.
   *
   * @return the endorsement key and an attestation key
   * @throws JoinException when there is no TPM, or it does not say that
   */
  public TpmAttestation attestation() {
    TpmAttestation attestation = known;
    if (attestation == null) {
      attestation = checked(within(longest, () -> said(opened().attest())));
      known = attestation;
    }
    return attestation;
  }

  /**
   * What token resources know the TPM by, as far as it was said.
   *
   * @return for messages: {@code ek_public_hash} and {@code ek_certificate_serial}
   */
  public String describe() {
    TpmAttestation attestation = known;
    return attestation == null ? "" : TpmIdentity.describe(attestation);
  }

  /**
   * Opens what the cluster has sealed for the TPM. Blocks, half a minute at most.
   *
   * @param credentialBlob as the cluster sent it, with its size before it or without
   * @param secret as the cluster sent it, with its size before it or without
   * @return what was sealed
   * @throws JoinException when the TPM cannot open it
   */
  public byte[] exposeSolution(byte[] credentialBlob, byte[] secret) {
    byte[] blob = sealed(credentialBlob, false);
    byte[] seed = sealed(secret, true);
    Duration time = longest.compareTo(Evidence.LONGEST) < 0 ? longest : Evidence.LONGEST;
    byte[] solution = within(time, () -> said(opened().activate(blob, seed)));
    if (solution.length == 0 || solution.length > SOLUTION_LIMIT_BYTES) {
      throw Evidence.lasting(
          TpmJoin.NAME, "what the TPM opened is empty, or larger than a secret of a join");
    }
    return solution;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "machineid-evidence-" + TpmJoin.NAME);
    thread.setDaemon(true);
    return thread;
  }

  private Tpm opened() throws Exception {
    Tpm tpm = held;
    if (tpm == null) {
      goOn();
      tpm = said(source.open());
      held = tpm;
    }
    goOn();
    return tpm;
  }

  /** Sources of the user's may give null. */
  private static <T> T said(@Nullable T answer) {
    if (answer == null) {
      throw Evidence.lasting(
          TpmJoin.NAME, "the TPM, or its source, gave null where it has to answer");
    }
    return answer;
  }

  /** Nobody waits for what is begun after the join. */
  private void goOn() {
    if (over) {
      throw new IllegalStateException("the join is over");
    }
  }

  private <T> T within(Duration time, Callable<T> call) {
    goOn();
    Future<T> answer = thread.submit(call);
    try {
      return Evidence.awaited(TpmJoin.NAME, time, answer);
    } finally {
      late = !answer.isDone() && !Thread.currentThread().isInterrupted();
    }
  }

  private static TpmAttestation checked(TpmAttestation attestation) {
    List<byte[]> parts =
        List.of(
            attestation.publicArea(),
            attestation.creationData(),
            attestation.creationAttestation(),
            attestation.creationSignature(),
            attestation
                .certificate()
                .or(attestation::key)
                .orElseThrow(
                    () ->
                        Evidence.lasting(
                            TpmJoin.NAME,
                            "the TPM has neither an EK certificate nor an endorsement key that it shows")));
    if (parts.stream().anyMatch(part -> part.length == 0 || part.length > PART_LIMIT_BYTES)) {
      throw Evidence.lasting(
          TpmJoin.NAME,
          "a part of what the TPM says of itself is empty, or larger than %d KiB"
              .formatted(PART_LIMIT_BYTES / 1024));
    }
    return attestation;
  }

  /** Without its size. What was encrypted with RSA may begin with anything, even with that. */
  private static byte[] sealed(byte[] sent, boolean rsa) {
    if (sent.length < 2 || sent.length > SEALED_LIMIT_BYTES) {
      throw Evidence.lasting(
          TpmJoin.NAME, "the cluster's challenge is not of the form that it should have");
    }
    int size = ((sent[0] & 0xff) << 8) | (sent[1] & 0xff);
    return size == sent.length - 2 && !(rsa && sent.length % RSA_STEP_BYTES == 0)
        ? Arrays.copyOfRange(sent, 2, sent.length)
        : sent.clone();
  }

  /**
   * Closes the TPM, also for an interrupted thread, which stays interrupted. Waits for that ten
   * seconds at most, and not at all for a TPM that has taken too long before: one that is still at
   * work is closed when it has answered. What fails is not told.
   */
  @Override
  public void close() {
    if (over) {
      return;
    }
    over = true;
    Future<?> closing = thread.submit(this::letGo);
    thread.shutdown();
    boolean interrupted = Thread.interrupted();
    try {
      interrupted |= waitedFor(closing);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits whatever happens, and says whether it was interrupted meanwhile. */
  private boolean waitedFor(Future<?> closing) {
    boolean interrupted = false;
    long end = System.nanoTime() + (late ? 0 : CLOSING.toNanos());
    while (true) {
      try {
        closing.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException | TimeoutException e) {
        return interrupted; // the join is over either way
      }
    }
  }

  private void letGo() {
    Tpm tpm = held;
    held = null;
    if (tpm != null) {
      try {
        tpm.close();
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.DEBUG, "the TPM was not closed: {0}", e.getMessage());
      }
    }
  }
}
