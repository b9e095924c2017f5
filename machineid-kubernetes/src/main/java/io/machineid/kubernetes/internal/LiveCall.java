package io.machineid.kubernetes.internal;

import io.machineid.MachineIdException;
import io.machineid.internal.transport.ProxiedRequests;
import io.machineid.internal.transport.UpgradeTunnels;
import io.machineid.kubernetes.internal.TlsGenerations.Begun;
import java.io.IOException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One request on the JDK's client, from the choice of its generation to the end of its answer's
 * body. It is sent once; a second time only when {@link Replay} says so.
 */
final class LiveCall<T> {

  /** A shorter wait for an answer says nothing of the connection. */
  private static final Duration TELLING = Duration.ofSeconds(5);

  private final LiveHttpClient client;
  private final HttpRequest request;
  private final BodyHandler<T> handler;
  private final LiveHttpClient.Sender<T> sender;
  private final LiveAnswer<HttpResponse<T>> answer = new LiveAnswer<>(this::cancel);
  private volatile @Nullable Attempt attempt;

  LiveCall(
      LiveHttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      LiveHttpClient.Sender<T> sender) {
    this.client = client;
    this.request = ProxiedRequests.authorized(Streams.timed(request), client.proxies());
    this.handler = handler;
    this.sender = sender;
  }

  /** Sends the request; what is wrong with the request itself is thrown. */
  CompletableFuture<HttpResponse<T>> start() {
    try {
      new Attempt(true).send();
    } catch (MachineIdException e) {
      answer.completeExceptionally(e);
    }
    return answer;
  }

  private void cancel() {
    Attempt current = attempt;
    if (current != null) {
      current.abandon();
    }
  }

  private void sendAgain() {
    try {
      new Attempt(false).send();
    } catch (RuntimeException | Error e) { // nobody else would tell who waits
      answer.completeExceptionally(e);
    }
  }

  /** One sending of the request. */
  private final class Attempt {
    private final boolean first;
    private final Begun begun;
    private final Shards.Shard shard;
    private volatile @Nullable CompletableFuture<HttpResponse<T>> sent;
    private volatile @Nullable CuttableBody<T> body;
    private volatile boolean replay;
    private volatile long heardBefore;
    private final AtomicInteger openParts = new AtomicInteger(2);
    private final AtomicBoolean bodyOver = new AtomicBoolean();

    Attempt(boolean first) {
      this.first = first;
      this.begun = client.begin(Streams.isEndless(request.uri().getRawQuery()), this::cut);
      try {
        this.shard = client.shards(begun.generation()).take(request.uri());
      } catch (RuntimeException | Error e) {
        begun.call().close();
        throw e;
      }
    }

    void send() {
      attempt = this;
      CompletableFuture<?> turn;
      try {
        turn = shard.gate().turn(this);
        if (turn.isDone()) {
          sendNow();
          return;
        }
      } catch (RuntimeException | Error e) {
        notSent();
        throw e;
      }
      var unused = turn.thenRunAsync(this::sendLate, Threads.SHARED).exceptionally(this::failLate);
    }

    private void sendLate() {
      if (answer.isDone()) {
        notSent();
      } else {
        sendNow();
      }
    }

    /** Also where there was no thread for it. */
    private @Nullable Void failLate(Throwable failure) {
      notSent();
      answer.completeExceptionally(unwrapped(failure));
      return null;
    }

    private void notSent() {
      shard.gate().gaveUp(this);
      bodyOver();
      partOver();
    }

    private void sendNow() {
      heardBefore = shard.timesHeard();
      CompletableFuture<HttpResponse<T>> future =
          sender.send(shard.client(), request, this::receive);
      sent = future;
      var unused = future.whenComplete(this::answered);
      if (answer.isDone()) {
        abandon();
      }
    }

    private BodySubscriber<T> receive(ResponseInfo info) {
      shard.answered();
      if (first
          && Replay.isDueToCertificate(request.method(), info.statusCode())
          && client.isOutdated(begun.generation())) {
        replay = true;
        return Replay.nothing();
      }
      boolean lines =
          Streams.mayEndAfterALine(
              request.uri().getRawQuery(), info.headers().firstValue("Content-Type").orElse(null));
      CuttableBody<T> subscriber =
          new CuttableBody<>(handler.apply(info), lines, shard::heard, this::bodyOver);
      body = subscriber;
      IOException cutBy = begun.call().cutBy();
      if (cutBy != null) {
        subscriber.cut(cutBy);
      }
      return subscriber;
    }

    private void answered(@Nullable HttpResponse<T> response, @Nullable Throwable failure) {
      if (failure instanceof CancellationException) {
        shard.gate().gaveUp(this);
      } else if (response == null) {
        if (isTelling(unwrapped(failure))) {
          shard.timedOut(heardBefore);
        }
        shard.gate().failed(this);
      }
      if (response == null || replay) {
        bodyOver();
      }
      partOver();
      if (response == null) {
        answer.completeExceptionally(explained(unwrapped(failure)));
      } else if (replay) {
        sendAgain();
      } else {
        complete(response);
      }
    }

    private void complete(HttpResponse<T> response) {
      try {
        ProxiedRequests.check(response, client.proxies());
        answer.complete(response);
      } catch (RuntimeException e) { // of a selector or an authenticator of the user's, too
        answer.completeExceptionally(e);
      }
    }

    private void cut(IOException why) {
      answer.completeExceptionally(why);
      CuttableBody<T> subscriber = body;
      try {
        if (subscriber != null) {
          subscriber.cut(why);
        }
      } finally {
        abandon();
      }
    }

    void abandon() {
      CompletableFuture<HttpResponse<T>> future = sent;
      if (future != null) {
        future.cancel(true);
      }
    }

    private void bodyOver() {
      if (bodyOver.compareAndSet(false, true)) {
        partOver();
      }
    }

    /** The delegate has done its part when both answer and body are over, in either order. */
    private void partOver() {
      if (openParts.decrementAndGet() == 0) {
        shard.release();
        begun.call().close();
      }
    }
  }

  private boolean isTelling(Throwable failure) {
    return failure instanceof HttpTimeoutException
        && !(failure instanceof HttpConnectTimeoutException)
        && request.timeout().filter(longest -> longest.compareTo(TELLING) >= 0).isPresent();
  }

  private Throwable explained(Throwable failure) {
    return failure instanceof IOException io
        ? UpgradeTunnels.explained(client.proxies(), io)
        : failure;
  }

  private static Throwable unwrapped(@Nullable Throwable failure) {
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return failure.getCause();
    }
    return failure == null ? new IOException("no answer") : failure;
  }
}
