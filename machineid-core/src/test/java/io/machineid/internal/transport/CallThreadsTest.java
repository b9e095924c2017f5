package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallThreadsTest {

  @Test
  void machineWithoutThreads_doesNotEndAChannel() throws Exception {
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress("127.0.0.1", 1)
            .usePlaintext()
            .socketFactory(new NoSockets())
            .executor(
                new CallThreads(
                    work -> {
                      throw new OutOfMemoryError("unable to create native thread");
                    }))
            .build();
    try {
      CountDownLatch told = new CountDownLatch(1);

      channel.notifyWhenStateChanged(ConnectivityState.SHUTDOWN, told::countDown);

      assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(channel.getState(false))
          .as("a channel that has panicked is in TRANSIENT_FAILURE for ever")
          .isEqualTo(ConnectivityState.IDLE);
    } finally {
      channel.shutdownNow();
    }
  }
}
