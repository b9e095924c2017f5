package io.machineid.kubernetes.internal;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A body that can be ended from outside: the server gets a reset stream, the reader an error, or
 * the end where that is as good.
 */
final class CuttableBody<T> implements BodySubscriber<T> {

  private final BodySubscriber<T> reader;
  private final boolean lines;
  private final EventLines events = new EventLines();
  private final Runnable heard;
  private final Runnable over;
  private final Turnstile turnstile = new Turnstile();
  private volatile @Nullable Subscription subscription;

  /**
   * Wraps a body.
   *
   * @param lines whether each line is an event, and the body may end after any of them
   * @param heard is called when a part of it has come
   * @param over is called when nothing of the body is awaited any more, perhaps several times
   */
  CuttableBody(BodySubscriber<T> reader, boolean lines, Runnable heard, Runnable over) {
    this.reader = reader;
    this.lines = lines;
    this.heard = heard;
    this.over = over;
  }

  /** Ends the body. */
  void cut(IOException why) {
    try {
      turnstile.end(() -> finish(why));
    } finally {
      Subscription current = subscription;
      if (current != null) {
        current.cancel();
      }
      over.run();
    }
  }

  @Override
  public CompletionStage<T> getBody() {
    return reader.getBody();
  }

  @Override
  public void onSubscribe(Subscription upstream) {
    subscription = upstream;
    turnstile.pass(() -> reader.onSubscribe(new Watched(upstream)));
    if (turnstile.isEnded()) {
      upstream.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    heard.run();
    turnstile.pass(() -> deliver(lines ? item.stream().map(events::read).toList() : item));
  }

  private void deliver(List<ByteBuffer> item) {
    Subscription upstream = subscription;
    if (lines && upstream != null && item.stream().noneMatch(ByteBuffer::hasRemaining)) {
      upstream.request(1);
    } else {
      reader.onNext(item);
    }
  }

  private void finish(IOException why) {
    if (lines && !events.isOpen()) {
      reader.onComplete();
    } else {
      reader.onError(why);
    }
  }

  @Override
  public void onError(Throwable failure) {
    over.run();
    turnstile.pass(() -> reader.onError(failure));
  }

  @Override
  public void onComplete() {
    over.run();
    turnstile.pass(reader::onComplete);
  }

  /** Tells when the reader gives up. */
  private final class Watched implements Subscription {
    private final Subscription upstream;

    Watched(Subscription upstream) {
      this.upstream = upstream;
    }

    @Override
    public void request(long n) {
      upstream.request(n);
    }

    @Override
    public void cancel() {
      upstream.cancel();
      over.run();
    }
  }
}
