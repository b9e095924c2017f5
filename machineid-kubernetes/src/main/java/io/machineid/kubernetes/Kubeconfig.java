package io.machineid.kubernetes;

import io.machineid.ConfigException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.KubernetesEndpoint;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.Pem;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A kubeconfig with one context, in memory: for kubectl, Helm and whatever else reads the format.
 *
 * <p>It is a <em>snapshot</em>. With credentials inside it works until {@link #notAfter()} and is
 * never renewed; with an {@link ExecPlugin} it stays usable as long as the plugin answers. Java
 * code is better served by the live clients of {@link KubernetesAccess}: the Kubernetes clients of
 * the JVM do not send the {@code tls-server-name} that Teleport needs.
 *
 * <p>Immutable. The private key leaves it through {@link #toYaml()} and {@link #exposeClientKey()}
 * alone.
 */
public final class Kubeconfig {

  /** The three names of a kubeconfig; those that we write are the same. */
  record Names(String context, String cluster, String user) {}

  /** A client certificate and its key, both as PEM. */
  record ClientCertificate(String pem, X509Certificate certificate, String keyPem) {}

  private final Names names;
  private final KubernetesEndpoint endpoint;
  private final String authorities;
  private final @Nullable ClientCertificate client;
  private final @Nullable ExecPlugin plugin;
  private final @Nullable String proxyUrl;

  Kubeconfig(
      Names names,
      KubernetesEndpoint endpoint,
      String authorities,
      @Nullable ClientCertificate client,
      @Nullable ExecPlugin plugin) {
    this(names, endpoint, authorities, client, plugin, null);
  }

  private Kubeconfig(
      Names names,
      KubernetesEndpoint endpoint,
      String authorities,
      @Nullable ClientCertificate client,
      @Nullable ExecPlugin plugin,
      @Nullable String proxyUrl) {
    this.names = names;
    this.proxyUrl = proxyUrl;
    this.endpoint = endpoint;
    this.authorities = authorities;
    this.client = client;
    this.plugin = plugin;
  }

  /**
   * A kubeconfig that holds a credential.
   *
   * @param teleportCluster the name of the Teleport cluster
   * @param kubernetesCluster the name of the Kubernetes cluster in Teleport
   * @param endpoint where the proxy takes Kubernetes requests
   * @param credential a credential for that Kubernetes cluster
   * @return the kubeconfig; its context, cluster and user are named after the two clusters
   * @throws CredentialException when no host authority bears the name of the certificate's issuer
   */
  public static Kubeconfig of(
      String teleportCluster,
      String kubernetesCluster,
      KubernetesEndpoint endpoint,
      Credential credential) {
    String name = teleportCluster + "-" + kubernetesCluster;
    return of(new Names(name, name, name), endpoint, credential);
  }

  static Kubeconfig of(Names names, KubernetesEndpoint endpoint, Credential credential) {
    return new Kubeconfig(
        names,
        Objects.requireNonNull(endpoint, "endpoint"),
        String.join("\n", authoritiesOf(credential)),
        new ClientCertificate(
            Pem.certificate(credential.certificate()),
            credential.certificate(),
            Pem.privateKey(credential.exposePrivateKey())),
        null);
  }

  /**
   * Reads a kubeconfig of the kind that {@link #toYaml()} and {@code tbot} write: one context, with
   * a client certificate or an exec plugin.
   *
   * @param yaml the text, at most 1 MiB
   * @return what it says
   * @throws ConfigException when it says something else; the message names the key
   */
  public static Kubeconfig parse(String yaml) {
    return KubeconfigReader.read(yaml);
  }

  /**
   * The same cluster with a plugin in place of the credential.
   *
   * @param execPlugin what prints the credential when it is needed
   * @return a kubeconfig without secrets
   */
  public Kubeconfig withExecPlugin(ExecPlugin execPlugin) {
    return new Kubeconfig(
        names,
        endpoint,
        authorities,
        null,
        Objects.requireNonNull(execPlugin, "execPlugin"),
        proxyUrl);
  }

  /** The same by way of an HTTP proxy, whose password may be in the URL. */
  Kubeconfig withProxy(String url) {
    return new Kubeconfig(names, endpoint, authorities, client, plugin, url);
  }

  /** The HTTP proxy to go through, or empty; may hold a password. */
  Optional<String> exposeProxyUrl() {
    return Optional.ofNullable(proxyUrl);
  }

  /**
   * The text, with the same structure, names and order of keys as {@code tbot} writes.
   *
   * @return YAML; it holds the private key when there is no exec plugin
   */
  public String toYaml() {
    return KubeconfigWriter.write(this);
  }

  /**
   * The name of the context, which is the current one.
   *
   * @return the Teleport cluster and the Kubernetes cluster, with a dash between them
   */
  public String contextName() {
    return names.context();
  }

  /**
   * The name of the cluster entry.
   *
   * @return as {@link #contextName()} in a kubeconfig of ours
   */
  public String clusterName() {
    return names.cluster();
  }

  /**
   * The name of the user entry.
   *
   * @return as {@link #contextName()} in a kubeconfig of ours
   */
  public String userName() {
    return names.user();
  }

  /**
   * The server's address and the {@code tls-server-name}.
   *
   * @return where requests go
   */
  public KubernetesEndpoint endpoint() {
    return endpoint;
  }

  /**
   * The authorities to verify the server against.
   *
   * @return certificates as PEM
   */
  public String certificateAuthorities() {
    return authorities;
  }

  /**
   * The client certificate.
   *
   * @return the certificate, or empty with an exec plugin
   */
  public Optional<X509Certificate> clientCertificate() {
    return Optional.ofNullable(client).map(ClientCertificate::certificate);
  }

  /**
   * The private key of the client certificate: a secret.
   *
   * @return the key as PEM, or empty with an exec plugin
   */
  public Optional<String> exposeClientKey() {
    return Optional.ofNullable(client).map(ClientCertificate::keyPem);
  }

  /**
   * The exec plugin.
   *
   * @return the plugin, or empty when the credential is inside
   */
  public Optional<ExecPlugin> execPlugin() {
    return Optional.ofNullable(plugin);
  }

  /**
   * When the credential inside ends.
   *
   * @return an instant on the server's clock, or empty with an exec plugin
   */
  public Optional<Instant> notAfter() {
    return clientCertificate().map(certificate -> certificate.getNotAfter().toInstant());
  }

  @Nullable ClientCertificate client() {
    return client;
  }

  @Override
  public String toString() {
    return "Kubeconfig[%s, server=%s, %s]"
        .formatted(
            names.context(),
            endpoint.server(),
            plugin != null
                ? "exec plugin"
                : "notAfter=" + notAfter().map(Instant::toString).orElse(""));
  }

  /** The host authorities that bear the name of the authority that issued the certificate. */
  private static List<String> authoritiesOf(Credential credential) {
    String issuer = commonName(credential.certificate().getIssuerX500Principal());
    List<String> found =
        credential.hostAuthorities().stream()
            .filter(ca -> commonName(ca.getSubjectX500Principal()).equals(issuer))
            .map(Pem::certificate)
            .toList();
    if (found.isEmpty()) {
      throw new CredentialException(
          Reason.BAD_RESPONSE,
          true,
          "none of the "
              + credential.hostAuthorities().size()
              + " host authorities of the cluster is named \""
              + issuer
              + "\", as the issuer of the certificate is: a client could not verify the server",
          null);
    }
    return found;
  }

  private static String commonName(X500Principal principal) {
    try {
      return new LdapName(principal.getName(X500Principal.RFC2253))
          .getRdns().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .map(Object::toString)
              .findFirst()
              .orElse("");
    } catch (InvalidNameException e) {
      throw new IllegalStateException("the JDK wrote a name that it cannot read", e);
    }
  }
}
