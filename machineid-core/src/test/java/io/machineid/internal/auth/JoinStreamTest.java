package io.machineid.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.HostPort;
import java.net.ProxySelector;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How much a cluster may say: what we listen to, and no more. */
class JoinStreamTest {

  /** A call whose other side has something to say whenever it is let. */
  private static final class Talker extends ClientCallStreamObserver<String> {
    private @Nullable StreamObserver<String> ear;
    private boolean automatic = true;
    private int told;

    StreamObserver<String> start(StreamObserver<String> listening) {
      if (listening instanceof ClientResponseObserver<?, ?>) {
        @SuppressWarnings("unchecked") // as the stubs do it
        var ofClient = (ClientResponseObserver<String, String>) listening;
        ofClient.beforeStart(this);
      }
      ear = listening;
      if (automatic) {
        request(1000);
      }
      return this;
    }

    @Override
    public void disableAutoRequestWithInitial(int count) {
      automatic = false;
      assertThat(count).isZero();
    }

    @Override
    public void request(int count) {
      for (int i = 0; i < count; i++) {
        ear.onNext("word " + ++told);
      }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {
      automatic = false;
    }

    @Override
    public void onNext(String request) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }

  @Test
  void cluster_saysNoMoreThanWeListenTo() throws Exception {
    Talker talker = new Talker();
    JoinOrder order =
        new JoinOrder(
            "iam",
            "example-token",
            Optional.empty(),
            KeyAlgorithm.ECDSA_P256.generate().getPublic(),
            Instant.EPOCH,
            false);
    AuthRoute route =
        AuthRoute.joiningAtProxy(
            HostPort.parse("teleport.example.com:443"),
            Optional.empty(),
            AuthRoute.Means.of(new Dialer(ProxySelector.of(null))));
    try (JoinStream<String, String> stream = new JoinStream<>(order, route, talker::start)) {
      assertThat(talker.told).isZero();
      assertThat(stream.next()).isEqualTo("word 1");
      assertThat(stream.next()).isEqualTo("word 2");
      assertThat(talker.told).isEqualTo(2);
    }
  }
}
