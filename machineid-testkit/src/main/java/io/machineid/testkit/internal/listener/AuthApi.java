package io.machineid.testkit.internal.listener;

import java.util.regex.Pattern;

/** The JSON API of the auth service's port. */
final class AuthApi implements HttpApi {

  private static final Pattern REGISTER = Pattern.compile("/[^/]+/tokens/register");

  private final JoinApi joinApi;

  AuthApi(JoinApi joinApi) {
    this.joinApi = joinApi;
  }

  @Override
  public Answer answer(Question question) {
    if (question.method().equals("POST") && REGISTER.matcher(question.path()).matches()) {
      return joinApi.join(question);
    }
    return HttpAnswers.noSuchPage();
  }
}
