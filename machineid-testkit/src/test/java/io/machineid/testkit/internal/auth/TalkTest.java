package io.machineid.testkit.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TalkTest {

  private final List<String> seen = new ArrayList<>();
  private final StreamObserver<String> answers =
      new StreamObserver<>() {
        @Override
        public void onNext(String answer) {
          seen.add(answer);
        }

        @Override
        public void onError(Throwable error) {
          seen.add(error.getMessage());
        }

        @Override
        public void onCompleted() {
          seen.add("end");
        }
      };

  private Talk<String, String> talk() {
    return new Talk<>(answers) {
      @Override
      void said(String word) {
        if (word.equals("bye")) {
          lastAnswer("farewell");
        } else {
          answer("yes");
        }
      }
    };
  }

  @Test
  void call_isRecordedBeforeItsLastAnswer_sinceTheClientMayNotWaitForItsEnd() throws Exception {
    StreamObserver<String> talk =
        Context.current().withValue(CallGate.ANSWERED, () -> seen.add("recorded")).call(this::talk);

    talk.onNext("hello");
    talk.onNext("bye");
    talk.onCompleted();
    assertThat(seen).containsExactly("yes", "recorded", "farewell", "end");
  }
}
