package io.machineid.join;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.regex.Pattern;

/** The metadata service of an instance of Oracle Cloud. It is asked past any HTTP proxy. */
final class OracleMetadata {

  private static final String BASE_VARIABLE = "OCI_METADATA_BASE_URL";
  private static final String BASE = "http://169.254.169.254/opc/v2";
  private static final String USUAL_DOMAIN = "oraclecloud.com";
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,40}");
  private static final Pattern DOMAIN = Pattern.compile("[a-z0-9-]{1,40}(\\.[a-z0-9-]{1,40}){1,3}");
  private static final Pattern OCID = Pattern.compile("[A-Za-z0-9._-]{1,255}");

  private final Surroundings surroundings;

  OracleMetadata(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Where an instance is.
   *
   * @param tenancy the OCID of its tenancy
   * @param authHost Oracle's authentication service for its region
   */
  record Place(String tenancy, String authHost) {}

  Place place() {
    JsonNode instance = request("/instance/").json();
    JsonNode info = instance.path("regionInfo");
    String region = instance.path("canonicalRegionName").asText();
    String domain = info.path("realmDomainComponent").asText(USUAL_DOMAIN);
    return new Place(
        checked("the tenancy (`tenantId`)", OCID, instance.path("tenantId").asText()),
        "auth.%s.%s"
            .formatted(
                checked("the region (`canonicalRegionName`)", REGION, region),
                checked("the realm's domain", DOMAIN, domain.isEmpty() ? USUAL_DOMAIN : domain)));
  }

  private static String checked(String what, Pattern form, String value) {
    if (!form.matcher(value).matches()) {
      throw Evidence.lasting(
          OracleJoin.NAME, "the metadata service of Oracle Cloud does not tell %s".formatted(what));
    }
    return value;
  }

  /**
   * What an instance shows.
   *
   * @param certificate its certificate, as it was told
   * @param leaf the same
   * @param intermediate who issued it, as it was told
   * @param issuers the same
   * @param key its key
   */
  record Identity(
      String certificate,
      X509Certificate leaf,
      String intermediate,
      List<X509Certificate> issuers,
      PrivateKey key) {

    @Override
    public String toString() {
      return "Identity[…]";
    }
  }

  Identity identity() {
    String certificate = request("/identity/cert.pem").text();
    String intermediate = request("/identity/intermediate.pem").text();
    X509Certificate leaf = certificates("cert.pem", certificate).get(0);
    List<X509Certificate> issuers = certificates("intermediate.pem", intermediate);
    PrivateKey key = key();
    checkPair(leaf, key);
    return new Identity(certificate, leaf, intermediate, issuers, key);
  }

  /** They are asked for one after the other, and replaced several times a day. */
  static void checkPair(X509Certificate leaf, PrivateKey key) {
    boolean pair =
        key instanceof RSAPrivateKey mine
            && leaf.getPublicKey() instanceof RSAPublicKey shown
            && mine.getModulus().equals(shown.getModulus());
    if (!pair) {
      throw Evidence.passing(
          OracleJoin.NAME,
          "key and certificate of the instance do not belong together, as it may be while they are replaced",
          null);
    }
  }

  private static List<X509Certificate> certificates(String name, String text) {
    try {
      return PlatformPem.certificates(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw Evidence.passing(
          OracleJoin.NAME,
          "what the metadata service of Oracle Cloud has as %s is no certificate".formatted(name),
          e);
    }
  }

  private PrivateKey key() {
    try {
      return PlatformPem.privateKey(request("/identity/key.pem").text());
    } catch (GeneralSecurityException e) {
      throw Evidence.passing(
          OracleJoin.NAME,
          "what the metadata service of Oracle Cloud has as key.pem is no private key",
          null);
    }
  }

  private PlatformRequest request(String path) {
    String base = surroundings.variable(BASE_VARIABLE).orElse(BASE);
    URI target =
        PlatformAddress.parse(surroundings, BASE_VARIABLE, base.replaceAll("/+$", "") + path);
    return new PlatformRequest(surroundings, "the metadata service of Oracle Cloud", target)
        .direct()
        .header("Authorization", "Bearer Oracle");
  }
}
