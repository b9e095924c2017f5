package io.machineid.internal.output;

import io.machineid.ConfigException;
import io.machineid.Credential;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What OpenSSH needs to reach a cluster's hosts: {@code ssh_config} and {@code known_hosts}.
 *
 * @param directory where the files are, absolute
 * @param proxyProgram a program with tbot's {@code proxy ssh} command
 * @param cluster the Teleport cluster
 * @param proxyHost the host of the proxy's web address
 * @param proxyAddress the proxy's web address, with its port
 */
public record OpenSshFiles(
    Path directory, String proxyProgram, String cluster, String proxyHost, String proxyAddress) {

  private static final Pattern UNQUOTABLE = Pattern.compile("[\"\\\\\\p{Cntrl}]");
  private static final Pattern PLAIN = Pattern.compile("[\\w@+=:,./%-]+");
  private static final String RSA_AUTHORITIES =
      "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-rsa-cert-v01@openssh.com";

  /** Whom to believe about the names of hosts, the proxy's among them. */
  public String knownHosts(Credential credential) {
    return CredentialFiles.knownAuthorities(
        credential, "%s,%s,*.%2$s".formatted(proxyHost, cluster));
  }

  /**
   * How to reach which host.
   *
   * @throws ConfigException when the directory cannot be named in such a file
   */
  public String config(Credential credential) {
    return """
    # Begin generated Teleport configuration for %1$s by machineid

    # Common flags for all %2$s hosts
    Host *.%2$s %1$s
        UserKnownHostsFile "%3$s"
        IdentityFile "%4$s"
        CertificateFile "%5$s"
    %6$s
    # Flags for all %2$s hosts except the proxy
    Host *.%2$s !%1$s
        Port 3022
        ProxyCommand "%7$s" proxy %8$s --proxy=%9$s ssh --cluster=%2$s  %%r@%%h:%%p

    # End generated Teleport configuration
    """
        .formatted(
            proxyHost,
            cluster,
            quoted(directory.resolve("known_hosts").toString()),
            quoted(directory.resolve("key").toString()),
            quoted(directory.resolve("key-cert.pub").toString()),
            algorithms(credential),
            quoted(proxyProgram),
            shellWord("--destination-dir=" + quoted(directory.toString())),
            proxyAddress);
  }

  /** As tbot has it; hosts of a cluster with newer keys have certificates of other types. */
  private static String algorithms(Credential credential) {
    boolean rsa =
        credential.sshHostAuthorities().stream().allMatch(key -> key.startsWith("ssh-rsa "));
    return rsa ? "    HostKeyAlgorithms " + RSA_AUTHORITIES + "\n" : "";
  }

  /** What stands between double quotes; a percent sign would begin one of OpenSSH's tokens. */
  private static String quoted(String text) {
    if (UNQUOTABLE.matcher(text).find()) {
      throw new ConfigException(
          "an ssh_config cannot name %s: it has a quote, a backslash or a control character. Choose another directory, or `ssh_config: off`"
              .formatted(text),
          null);
    }
    return text.replace("%", "%%");
  }

  private static String shellWord(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
