package io.machineid.testkit.internal.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to refused requests equal those of a real proxy: status, headers and body. */
class GoldenAnswersTest {

  private static final Pattern REQUEST =
      Pattern.compile("# request: (\\S+)   client certificate: (\\S+)   curl arguments: (.*)");

  private static final List<String> OF_KUBERNETES = List.of("date", "audit-id", "x-kubernetes-pf-");

  private static ProxyFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new ProxyFixture();
    fixture.locked.add("bot-genlocked");
    fixture.backend.behaviour =
        exchange ->
            StubBackend.respond(
                exchange,
                200,
                "{\n  \"kind\": \"PodList\",\"apiVersion\": \"v1\", \"metadata\": {\"resourceVersion\":"
                    + " \"428\"}, \"items\": [{\"metadata\": {\"name\": \"hidden\", \"namespace\": \"default\"}}]}");
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cert-without-kube-cluster",
        "client-sends-issuer-certificate-too",
        "no-client-cert",
        "no-kube-groups",
        "locked-user",
        "impersonate-user",
        "impersonate-group",
        "rbac-teleport-configmaps",
        "rbac-teleport-get-pod-denied",
        "rbac-teleport-delete-pod",
        "rbac-teleport-list-nodes",
        "rbac-teleport-list-pods-other-namespace",
        "rbac-teleport-watch-pods",
        "rbac-noverbs-pods",
        "rbac-teleport-list-pods",
        "exec-post",
      })
  void answer_equalsThatOfRealProxy(String name) throws Exception {
    Golden golden = Golden.read(name);

    HttpClient client = fixture.client(HttpClient.Version.HTTP_2, holder(name, golden.certificate));
    HttpResponse<String> answer =
        client.send(golden.request(), HttpResponse.BodyHandlers.ofString());

    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.statusCode()).isEqualTo(golden.status);
    assertThat(answer.body()).isEqualTo(golden.body);
    assertThat(comparable(answer.headers().map())).isEqualTo(comparable(golden.headers));
  }

  private static Optional<Certs.Holder> holder(String file, String certificate) {
    String name = certificate.replace("kx-", "");
    Certs.Holder bot = fixture.bot("bot-" + certificate, name);
    if (file.equals("client-sends-issuer-certificate-too")) {
      return Optional.of(fixture.certs.withIssuer(bot));
    }
    return switch (name) {
      case "none" -> Optional.empty();
      case "nokube" -> Optional.of(fixture.bot(Certs.identity("bot", "ok", Optional.empty())));
      default -> Optional.of(bot);
    };
  }

  private static Map<String, List<String>> comparable(Map<String, List<String>> headers) {
    Map<String, List<String>> copy = new TreeMap<>();
    headers.forEach(
        (name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!lower.startsWith(":") && OF_KUBERNETES.stream().noneMatch(lower::startsWith)) {
            copy.put(lower, values);
          }
        });
    return copy;
  }

  private record Golden(
      String path,
      String certificate,
      String arguments,
      int status,
      Map<String, List<String>> headers,
      String body) {

    static Golden read(String name) throws IOException {
      String text;
      try (InputStream in =
          GoldenAnswersTest.class.getResourceAsStream("/golden/kube/" + name + ".txt")) {
        text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
      Matcher request = REQUEST.matcher(text);
      assertThat(request.find()).isTrue();
      String answer = text.substring(request.end() + 1, text.lastIndexOf("\n# curl exit status"));
      String[] parts = answer.split("\r?\n\r?\n", 2);
      List<String> head = parts[0].lines().toList();
      return new Golden(
          request.group(1),
          request.group(2),
          request.group(3),
          Integer.parseInt(head.get(0).split(" ")[1]),
          headers(head.subList(1, head.size())),
          parts[1]);
    }

    private static Map<String, List<String>> headers(List<String> lines) {
      Map<String, List<String>> headers = new TreeMap<>();
      for (String line : lines) {
        String[] pair = line.split(": ", 2);
        headers.computeIfAbsent(pair[0], key -> new ArrayList<>()).add(pair[1].strip());
      }
      return headers;
    }

    HttpRequest request() {
      HttpRequest.Builder builder = fixture.request(path);
      Matcher method = Pattern.compile("-X (\\S+)").matcher(arguments);
      builder.method(method.find() ? method.group(1) : "GET", HttpRequest.BodyPublishers.noBody());
      Matcher header = Pattern.compile("-H (\\S+): (\\S+)").matcher(arguments);
      while (header.find()) {
        builder.header(header.group(1), header.group(2));
      }
      return builder.build();
    }
  }
}
