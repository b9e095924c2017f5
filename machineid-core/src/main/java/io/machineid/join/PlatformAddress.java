package io.machineid.join;

import java.net.URI;
import java.net.URISyntaxException;

/** Addresses that a platform gives in variables. */
final class PlatformAddress {

  private PlatformAddress() {}

  /** An address with one more parameter. */
  static String withParameter(String address, String parameter) {
    return address + (address.indexOf('?') < 0 ? "?" : "&") + parameter;
  }

  /**
   * The address that a variable holds, which may have secrets in its query.
   *
   * @throws io.machineid.JoinException where it is none
   */
  static URI parse(Surroundings surroundings, String variable, String address) {
    try {
      URI uri = new URI(address);
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // its message would quote the address
    }
    throw Evidence.lasting(
        surroundings.method(), "the environment variable %s holds no URL".formatted(variable));
  }
}
