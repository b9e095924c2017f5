package io.machineid.kubernetes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;

class CuttableBodyTest {

  private int over;
  private boolean cancelled;

  @Test
  void cut_whoseReaderThrows_endsItAllTheSame() {
    CuttableBody<String> body = new CuttableBody<>(new Throwing(), false, () -> {}, () -> over++);
    body.onSubscribe(
        new Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {
            cancelled = true;
          }
        });

    assertThatThrownBy(() -> body.cut(new IOException("the certificate ends")))
        .hasMessage("the reader's own");

    assertThat(cancelled).isTrue();
    assertThat(over).isPositive();
  }

  private static final class Throwing implements BodySubscriber<String> {
    @Override
    public CompletionStage<String> getBody() {
      return CompletableFuture.completedFuture("");
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {}

    @Override
    public void onError(Throwable error) {
      throw new IllegalStateException("the reader's own");
    }

    @Override
    public void onComplete() {}
  }
}
