package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import java.io.IOException;

/** Answers a list without what must not be seen. */
final class FilteredList {

  private FilteredList() {}

  static Answer to(Answer next, ObjectFilter filter) {
    return new WholeAnswer(whole -> answer(whole, next, filter));
  }

  private static void answer(WholeAnswer.Whole whole, Answer next, ObjectFilter filter) {
    if (whole.status() != 200) {
      whole.to(next);
      return;
    }
    try {
      next.respond(200, whole.headers(), filter.list(whole.body()));
    } catch (IOException e) {
      next.fail(FailureStatus.internalError("the Kubernetes API answered a list that is not JSON"));
    }
  }
}
