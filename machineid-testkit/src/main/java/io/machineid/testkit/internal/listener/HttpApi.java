package io.machineid.testkit.internal.listener;

import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.state.Connection;
import java.util.List;
import java.util.Map;

/** Something that answers plain HTTP requests. */
interface HttpApi {

  /** Answers one request; may block. */
  Answer answer(Question question);

  /**
   * A request.
   *
   * @param method upper case
   * @param path without the query
   * @param upgrades what the connection shall be turned into, if anything
   * @param contentType empty where there is none
   * @param body the whole of it
   * @param connection how it came
   */
  record Question(
      String method,
      String path,
      List<String> upgrades,
      String contentType,
      ByteString body,
      Connection connection) {

    /** Copies. */
    public Question {
      upgrades = List.copyOf(upgrades);
    }

    @Override
    public String toString() {
      return "Question[" + method + " " + path + "]";
    }
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param contentType of the body
   * @param body the whole of it
   * @param headers more headers
   */
  record Answer(int status, String contentType, ByteString body, Map<String, String> headers) {

    @Override
    public String toString() {
      return "Answer[" + status + "]";
    }
  }
}
