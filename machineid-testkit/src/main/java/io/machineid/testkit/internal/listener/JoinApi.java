package io.machineid.testkit.internal.listener;

import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.auth.AuthServer;
import io.machineid.testkit.internal.listener.HttpApi.Answer;
import io.machineid.testkit.internal.listener.HttpApi.Question;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Joining by HTTP: the same question and answer at the proxy and at the auth service. */
final class JoinApi {

  private final AuthServer auth;

  JoinApi(AuthServer auth) {
    this.auth = auth;
  }

  Answer join(Question question) {
    try {
      if (!question.contentType().toLowerCase(Locale.ROOT).startsWith("application/json")) {
        throw Refusal.bad("invalid request: Content-Type is not application/json");
      }
      Certs certs = auth.join(question.body().toByteArray(), question.connection());
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("ssh", base64(certs.getSsh()));
      body.put("tls", base64(certs.getTls()));
      body.put("tls_ca_certs", base64(certs.getTlsCaCertsList()));
      body.put("ssh_ca_certs", base64(certs.getSshCaCertsList()));
      return HttpAnswers.json(200, body);
    } catch (Refusal e) {
      return HttpAnswers.error(e);
    }
  }

  private static List<String> base64(List<ByteString> values) {
    return values.stream().map(JoinApi::base64).toList();
  }

  private static String base64(ByteString value) {
    return Base64.getEncoder().encodeToString(value.toByteArray());
  }
}
