package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.KubernetesEndpoint;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FleetKubeconfigTest {

  private static final KubernetesEndpoint PROXY =
      new KubernetesEndpoint(
          URI.create("https://teleport.localtest:3080"),
          Optional.of("kube-teleport-proxy-alpn.teleport.localtest"));

  private static FleetKubeconfig of(String... contextAndNamespace) throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    PrivateKey key = keys.generateKeyPair().getPrivate();
    X509Certificate authority = Golden.certificate(Golden.text("static/teleport-host-ca.crt"));
    return new FleetKubeconfig(
        List.of(contextAndNamespace).stream()
            .map(text -> text.split("/"))
            .map(
                text ->
                    new KubeconfigWriter.Context(
                        Kubeconfig.of(
                            new Kubeconfig.Names(text[0], text[0], text[0]),
                            PROXY,
                            Golden.credential(key, authority)),
                        Optional.of(text).filter(all -> all.length > 1).map(all -> all[1])))
            .toList());
  }

  private static String withoutData(String yaml) {
    return yaml.replaceAll("-data: \\S+", "-data: …");
  }

  @Test
  void oneContext_isWrittenAsKubeconfigWritesIt() throws Exception {
    Kubeconfig parsed = Kubeconfig.parse(of("real.example-kube").toYaml());

    assertThat(parsed.contextName()).isEqualTo("real.example-kube");
    assertThat(of("real.example-kube").toYaml().lines().count())
        .isEqualTo(parsed.toYaml().lines().count());
  }

  @Test
  void contexts_areOneBelowTheOther_withTheirNamespaces_theFirstIsCurrent() throws Exception {
    FleetKubeconfig config = of("a/shop", "b");

    assertThat(withoutData(config.toYaml()))
        .isEqualTo(
            """
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: …
                server: https://teleport.localtest:3080
                tls-server-name: kube-teleport-proxy-alpn.teleport.localtest
              name: a
            - cluster:
                certificate-authority-data: …
                server: https://teleport.localtest:3080
                tls-server-name: kube-teleport-proxy-alpn.teleport.localtest
              name: b
            contexts:
            - context:
                cluster: a
                namespace: shop
                user: a
              name: a
            - context:
                cluster: b
                user: b
              name: b
            current-context: a
            kind: Config
            preferences: {}
            users:
            - name: a
              user:
                client-certificate-data: …
                client-key-data: …
            - name: b
              user:
                client-certificate-data: …
                client-key-data: …
            """);
    assertThat(config.notAfter()).contains(Instant.parse("2026-11-22T23:00:57Z"));
  }

  @Test
  void noContext_isAKubeconfigAllTheSame() throws Exception {
    assertThat(of().toYaml())
        .contains("clusters: []", "contexts: []", "current-context: \"\"", "users: []");
    assertThat(of().notAfter()).isEmpty();
  }

  @Test
  void toString_hasNoSecrets() throws Exception {
    assertThat(of("a", "b").toString())
        .isEqualTo("FleetKubeconfig[2 contexts, notAfter=2026-11-22T23:00:57Z]");
  }
}
