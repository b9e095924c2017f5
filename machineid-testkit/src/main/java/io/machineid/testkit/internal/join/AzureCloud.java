package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** A made-up Azure: it signs documents for its machines and knows which machines it has. */
public final class AzureCloud {

  /** The directory that issues the tokens of managed identities. */
  public static final String TENANT = "https://sts.windows.net/7e57-7e57/";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SIGNATURE = "SHA256withECDSA";

  private static final String PUBLISHED = "http://www.microsoft.com/pkiops/certs/";
  private static final String ROOT = PUBLISHED + "Made-up%20Root.crt";
  private static final String INTERMEDIATE = PUBLISHED + "Made-up%20Issuing%20CA.crt";

  private final KeyPair key = PlatformAuthorities.key();
  private final PlatformAuthorities authorities;
  private final X509Certificate certificate;
  private final Map<String, String> machineIds = new ConcurrentHashMap<>();

  AzureCloud(InstantSource clock) {
    this.authorities =
        new PlatformAuthorities(
            clock,
            "Made-up Root",
            "Made-up Issuing CA",
            Optional.of(new PlatformAuthorities.Published(ROOT, INTERMEDIATE)));
    this.certificate =
        authorities.issue(
            new X500Name("CN=metadata.azure.com"), key.getPublic(), Duration.ofDays(3650));
  }

  /** What is published at an address; empty where there is nothing. */
  public Optional<byte[]> published(String address) {
    try {
      return switch (address) {
        case ROOT -> Optional.of(authorities.root().getEncoded());
        case INTERMEDIATE -> Optional.of(authorities.intermediate().getEncoded());
        default -> Optional.empty();
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate has no encoding", e);
    }
  }

  private ContentSigner signer() throws OperatorCreationException {
    return new JcaContentSignerBuilder(SIGNATURE).build(key.getPrivate());
  }

  /** The machine has this id in the resource manager. */
  public void putMachine(String resourceId, String machineId) {
    machineIds.put(resourceId, machineId);
  }

  Optional<String> machineId(String resourceId) {
    return Optional.ofNullable(machineIds.get(resourceId));
  }

  /** An attested document, as the metadata service answers it. */
  public String attest(String nonce, String machineId, String subscription) {
    try {
      String content =
          JSON.createObjectNode()
              .put("nonce", nonce)
              .put("vmId", machineId)
              .put("subscriptionId", subscription)
              .toString();
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      generator.addSignerInfoGenerator(
          new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
              .build(signer(), certificate));
      generator.addCertificates(new JcaCertStore(List.of(certificate)));
      byte[] signed =
          generator
              .generate(new CMSProcessableByteArray(content.getBytes(StandardCharsets.UTF_8)), true)
              .getEncoded();
      return JSON.createObjectNode()
          .put("encoding", "pkcs7")
          .put("signature", Base64.getEncoder().encodeToString(signed))
          .toString();
    } catch (OperatorCreationException | GeneralSecurityException | CMSException | IOException e) {
      throw new IllegalStateException("cannot sign a document", e);
    }
  }

  /** What an attested document says, after the certificates above it were fetched. */
  Optional<JsonNode> open(byte[] attestedData) {
    return open(attestedData, List.of(authorities.intermediate()));
  }

  /**
   * What an attested document says; empty where it is not signed by this cloud.
   *
   * @param intermediates certificates that came along with it, DER, one after the other
   */
  Optional<JsonNode> open(byte[] attestedData, byte[] intermediates) {
    try {
      List<X509Certificate> shown = new ArrayList<>();
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(intermediates))) {
        shown.add((X509Certificate) each);
      }
      return open(attestedData, shown);
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private Optional<JsonNode> open(byte[] attestedData, List<X509Certificate> shown) {
    try {
      JsonNode document = JSON.readTree(attestedData);
      CMSSignedData signed =
          new CMSSignedData(Base64.getDecoder().decode(document.path("signature").asText()));
      for (SignerInformation signer : signed.getSignerInfos()) {
        if (!isGood(signed, signer, shown)) {
          return Optional.empty();
        }
      }
      boolean any = signed.getSignerInfos().size() > 0;
      return any
          ? Optional.of(JSON.readTree((byte[]) signed.getSignedContent().getContent()))
          : Optional.empty();
    } catch (IOException
        | CMSException
        | OperatorCreationException
        | GeneralSecurityException
        | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isGood(
      CMSSignedData signed, SignerInformation signer, List<X509Certificate> shown)
      throws CMSException, OperatorCreationException, GeneralSecurityException {
    for (X509CertificateHolder holder : signed.getCertificates().getMatches(null)) {
      X509Certificate by = new JcaX509CertificateConverter().getCertificate(holder);
      if (signer.getSID().match(holder)
          && signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(by.getPublicKey()))
          && authorities.hasIssued(by, shown)) {
        return true;
      }
    }
    return false;
  }
}
