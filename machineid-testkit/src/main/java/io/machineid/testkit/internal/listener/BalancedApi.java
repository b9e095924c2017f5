package io.machineid.testkit.internal.listener;

import com.google.protobuf.ByteString;
import java.util.Map;

/** The web API behind a load balancer that passes no upgrade on. */
final class BalancedApi implements HttpApi {

  private final HttpApi api;

  BalancedApi(HttpApi api) {
    this.api = api;
  }

  @Override
  public Answer answer(Question question) {
    return question.path().endsWith("/webapi/connectionupgrade")
        ? new Answer(
            400,
            "text/html",
            ByteString.copyFromUtf8("<html><body>Bad Request</body></html>"),
            Map.of())
        : api.answer(question);
  }
}
