package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.machineid.ConfigException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.KubernetesEndpoint;
import io.machineid.MachineIdException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeconfigTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final PrivateKey RSA = key("RSA", 2048);
  private static final KubernetesEndpoint ROUTED =
      new KubernetesEndpoint(
          URI.create("https://teleport.localtest:3080"),
          Optional.of("kube-teleport-proxy-alpn.teleport.localtest"));
  private static final KubernetesEndpoint SEPARATE =
      new KubernetesEndpoint(URI.create("https://teleport.localtest:3026"), Optional.empty());

  @Test
  void execPlugin_goldenInput_givesTheSameBytesAsTbot() {
    Kubeconfig config =
        kubeconfig(ROUTED, hostAuthority())
            .withExecPlugin(
                ExecPlugin.of(
                    "/usr/local/bin/tbot",
                    "kube",
                    "credentials",
                    "--destination-dir=/BASE/kube-exec-plugin"));

    assertThat(config.toYaml()).isEqualTo(Golden.text("exec/kubeconfig.yaml"));
    assertThat(config.notAfter()).isEmpty();
  }

  @Test
  void staticCredentials_goldenInput_equalTbotsExceptForTheKey() throws IOException {
    Kubeconfig config = kubeconfig(ROUTED, hostAuthority());

    String key = userOf(config.toYaml()).get("client-key-data").textValue();
    String golden =
        Golden.text("static/kubeconfig.yaml")
            .replaceFirst("client-key-data: .*", "client-key-data: " + key);
    assertThat(config.toYaml()).isEqualTo(golden);
    assertThat(config.notAfter()).contains(Instant.parse("2026-11-22T23:00:57Z"));
  }

  @Test
  void separateListeners_goldenInput_haveNoServerName() throws IOException {
    String golden = Golden.text("kubeconfig-separate-listeners-static.yaml");
    String ca = YAML.readTree(golden).at("/clusters/0/cluster/certificate-authority-data").asText();
    X509Certificate authority =
        Golden.certificate(new String(Base64.getDecoder().decode(ca), StandardCharsets.US_ASCII));

    String yaml = kubeconfig(SEPARATE, authority).toYaml();

    assertThat(redacted(yaml)).isEqualTo(golden);
  }

  @Test
  void authorities_onlyThoseNamedLikeTheIssuer_areWritten() throws Exception {
    X509Certificate other = TestPki.authority("another.example").certificate();

    assertThat(kubeconfig(ROUTED, other, hostAuthority()).certificateAuthorities())
        .isEqualTo(Golden.text("static/teleport-host-ca.crt"));
    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> kubeconfig(ROUTED, other))
        .withMessageContaining("real.example")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.BAD_RESPONSE));
  }

  @Test
  void authorities_twoWhileTheClusterRotates_areJoinedByANewline() {
    String one = Golden.text("static/teleport-host-ca.crt");

    assertThat(kubeconfig(ROUTED, hostAuthority(), hostAuthority()).certificateAuthorities())
        .isEqualTo(one + "\n" + one);
  }

  @Test
  void parse_whatWasWritten_givesTheSameAgain() {
    Kubeconfig inside = kubeconfig(ROUTED, hostAuthority());
    Kubeconfig plugin = inside.withExecPlugin(ExecPlugin.of("/a b/tbot", "1e3", "", "#x: y", "-1"));

    for (Kubeconfig config : new Kubeconfig[] {inside, plugin}) {
      Kubeconfig parsed = Kubeconfig.parse(config.toYaml());
      assertThat(parsed.toYaml()).isEqualTo(config.toYaml());
      assertThat(parsed.notAfter()).isEqualTo(config.notAfter());
      assertThat(parsed.execPlugin()).isEqualTo(config.execPlugin());
      assertThat(parsed.endpoint()).isEqualTo(ROUTED);
      assertThat(parsed.exposeClientKey()).isEqualTo(config.exposeClientKey());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2024", "true", "~", "1e3", "0x1f", "null", "a: b", "- a", "é", "2024-01-01"})
  void names_thatYamlReadsAsSomethingElse_areQuoted(String name) {
    Credential credential = Golden.credential(RSA, hostAuthority());
    Kubeconfig config =
        new Kubeconfig(
            new Kubeconfig.Names(name, name, name),
            ROUTED,
            Kubeconfig.of("a", "b", ROUTED, credential).certificateAuthorities(),
            null,
            ExecPlugin.of(name));

    assertThat(Kubeconfig.parse(config.toYaml()).contextName()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind: Config | kind: List | \"kind\" must be \"Config\"",
        "server: https: | server: http: | server must be https://host:port",
        "current-context: real | current-context: unreal | \"contexts\" has no entry",
        "  tls-server-name: | insecure-skip-tls-verify: true # | insecure-skip-tls-verify",
        "certificate-authority-data: | certificate-authority-data: '*' # | not base64",
        "certificate-authority-data: | certificate-authority-data: AAAA # | not a PEM certificate",
        "client-key-data: | client-key-data: AAAA # | client-key-data is not a PEM private key",
        "client-key-data: | token: | the key \"token\" is not supported",
        "preferences: {} | kind: Config | not YAML, or has a key twice, at line",
        "apiVersion: v1 | [ | not YAML",
      })
  void parse_wrongText_namesWhatIsWrong(String from, String to, String message) {
    String yaml = kubeconfig(ROUTED, hostAuthority()).toYaml();
    assertThat(yaml).contains(from);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Kubeconfig.parse(yaml.replace(from, to)))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300))
        .withNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "text", "&a [*a, *a]", "\u0000", "a: &x [1]\nb: *x"})
  void parse_noKubeconfig_isRefused(String yaml) {
    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Kubeconfig.parse(yaml));
  }

  @Test
  void parse_moreThanAMebibyte_isRefused() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Kubeconfig.parse("#".repeat((1 << 20) + 1)))
        .withMessageContaining("1048577");
  }

  @Test
  void toString_staticCredentials_holdsNoKey() {
    assertThat(kubeconfig(ROUTED, hostAuthority()))
        .hasToString(
            "Kubeconfig[real.example-example-k8s-cluster, server=https://teleport.localtest:3080,"
                + " notAfter=2026-11-22T23:00:57Z]");
  }

  @Test
  void key_ofEachAlgorithm_isWrittenAsItsForm() throws Exception {
    assertThat(keyPem(RSA)).startsWith("-----BEGIN RSA PRIVATE KEY-----\n");
    assertThat(keyPem(key("EC", 256))).startsWith("-----BEGIN PRIVATE KEY-----\n");
    assertThat(keyPem(key("Ed25519", 255))).startsWith("-----BEGIN PRIVATE KEY-----\n");
  }

  @Test
  void rsaKey_asPkcs1_isTheSameKey() throws Exception {
    byte[] pkcs1 =
        Base64.getMimeDecoder().decode(keyPem(RSA).replaceAll("-----[A-Z ]+-----", "").strip());
    org.bouncycastle.asn1.pkcs.PrivateKeyInfo wrapped =
        new org.bouncycastle.asn1.pkcs.PrivateKeyInfo(
            new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers.rsaEncryption),
            org.bouncycastle.asn1.pkcs.RSAPrivateKey.getInstance(pkcs1));

    assertThat(
            java.security.KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(wrapped.getEncoded())))
        .isEqualTo(RSA);
  }

  private static String keyPem(PrivateKey key) {
    return Kubeconfig.of("a", "b", ROUTED, Golden.credential(key, hostAuthority()))
        .exposeClientKey()
        .orElseThrow();
  }

  private static Kubeconfig kubeconfig(
      KubernetesEndpoint endpoint, X509Certificate... authorities) {
    return Kubeconfig.of(
        "real.example", "example-k8s-cluster", endpoint, Golden.credential(RSA, authorities));
  }

  private static X509Certificate hostAuthority() {
    return Golden.certificate(Golden.text("static/teleport-host-ca.crt"));
  }

  private static JsonNode userOf(String yaml) throws IOException {
    return YAML.readTree(yaml).at("/users/0/user");
  }

  private static String redacted(String yaml) throws IOException {
    ObjectNode user = (ObjectNode) userOf(yaml);
    String text = yaml;
    for (String key : new String[] {"client-certificate-data", "client-key-data"}) {
      text = text.replace(user.get(key).textValue(), "REDACTED");
    }
    return text;
  }

  private static PrivateKey key(String algorithm, int size) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(size);
      return generator.generateKeyPair().getPrivate();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
