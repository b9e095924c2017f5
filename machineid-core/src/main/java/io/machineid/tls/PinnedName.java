package io.machineid.tls;

import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;

/** The one name that a context sends and verifies; an IP address cannot be sent as SNI. */
record PinnedName(String host, List<SNIServerName> sni) {

  private static final Pattern IP = Pattern.compile("[0-9.]+|.*:.*");

  PinnedName(String host) {
    this(host, IP.matcher(host).matches() ? List.of() : List.of(new SNIHostName(host)));
  }

  /** Puts name and verification into {@code parameters}, over whatever was there. */
  SSLParameters applyTo(SSLParameters parameters) {
    parameters.setServerNames(sni);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }
}
