package io.machineid.join;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.JoinException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;

/** The certificates between the signer of an attested document and Microsoft's root. */
final class AzureIntermediates {

  private static final int DEEPEST = 10;
  private static final Pattern PUBLISHED =
      Pattern.compile("https?://www\\.microsoft\\.com/pkiops/certs/[A-Za-z0-9%._-]{1,200}\\.crt");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AzureCertificateSource source;

  AzureIntermediates(AzureCertificateSource source) {
    this.source = source;
  }

  /**
   * Fetches them, the signer's issuer first, without the root.
   *
   * @param attestedData the answer of the metadata service
   * @return DER, one after the other
   * @throws JoinException when one cannot be had
   */
  byte[] of(String attestedData) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    X509Certificate current = signer(attestedData);
    for (int depth = 0; depth < DEEPEST; depth++) {
      Optional<URI> issuer = issuer(current);
      if (issuer.isEmpty()) {
        return all.toByteArray();
      }
      X509Certificate above = fetched(issuer.get(), current);
      if (isRoot(above)) {
        return all.toByteArray();
      }
      all.writeBytes(above.getEncoded());
      current = above;
    }
    throw Evidence.lasting(
        AzureJoin.NAME,
        "the signer of the attested document has more than %d authorities above it"
            .formatted(DEEPEST));
  }

  /** Of the certificates in the document the one that has issued none of the others. */
  private static X509Certificate signer(String attestedData) {
    try {
      byte[] signed =
          Base64.getDecoder().decode(JSON.readTree(attestedData).path("signature").asText());
      List<X509Certificate> all = new ArrayList<>(PlatformPem.certificates(signed));
      List<X509Certificate> others = List.copyOf(all);
      all.removeIf(
          each ->
              others.stream()
                  .anyMatch(
                      other ->
                          !other.equals(each)
                              && other
                                  .getIssuerX500Principal()
                                  .equals(each.getSubjectX500Principal())));
      if (all.size() == 1) {
        return all.get(0);
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      // what is in the document may serve for a join, and is not quoted
    }
    throw Evidence.passing(
        AzureJoin.NAME, "the attested document does not tell who has signed it", null);
  }

  private X509Certificate fetched(URI address, X509Certificate issued) throws Exception {
    try {
      X509Certificate above = PlatformPem.certificates(source.certificate(address)).get(0);
      issued.verify(above.getPublicKey());
      return above;
    } catch (GeneralSecurityException e) {
      throw Evidence.passing(
          AzureJoin.NAME,
          "what is at %s is not the certificate of the authority that has issued `%s`"
              .formatted(address, issued.getSubjectX500Principal().getName()),
          e);
    }
  }

  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /** Where the issuer is published; empty where that is not by Microsoft. */
  private static Optional<URI> issuer(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(Extension.authorityInfoAccess.getId());
    if (extension == null) {
      return Optional.empty();
    }
    try {
      AuthorityInformationAccess access =
          AuthorityInformationAccess.getInstance(
              ASN1OctetString.getInstance(extension).getOctets());
      for (AccessDescription each : access.getAccessDescriptions()) {
        GeneralName place = each.getAccessLocation();
        if (each.getAccessMethod().equals(AccessDescription.id_ad_caIssuers)
            && place.getTagNo() == GeneralName.uniformResourceIdentifier
            && PUBLISHED.matcher(place.getName().toString()).matches()) {
          return Optional.of(URI.create(place.getName().toString()));
        }
      }
    } catch (IllegalArgumentException e) {
      // malformed, as if there were none
    }
    return Optional.empty();
  }
}
