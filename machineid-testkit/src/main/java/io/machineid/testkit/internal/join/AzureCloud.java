package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
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

  private final InstantSource clock;
  private final KeyPair key = key();
  private final X509Certificate certificate;
  private final Map<String, String> machineIds = new ConcurrentHashMap<>();

  AzureCloud(InstantSource clock) {
    this.clock = clock;
    try {
      this.certificate = certificate();
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a certificate", e);
    }
  }

  private static KeyPair key() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make P-256 keys", e);
    }
  }

  private X509Certificate certificate() throws OperatorCreationException, GeneralSecurityException {
    X500Name name = new X500Name("CN=metadata.azure.com");
    Date from = Date.from(clock.instant().minus(1, ChronoUnit.DAYS));
    Date until = Date.from(clock.instant().plus(3650, ChronoUnit.DAYS));
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name, BigInteger.ONE, from, until, name, key.getPublic())
                .build(signer()));
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

  /** What an attested document says; empty where it is not signed by this cloud. */
  Optional<JsonNode> open(byte[] attestedData) {
    try {
      JsonNode document = JSON.readTree(attestedData);
      CMSSignedData signed =
          new CMSSignedData(Base64.getDecoder().decode(document.path("signature").asText()));
      for (SignerInformation signer : signed.getSignerInfos()) {
        if (!signer.verify(
            new JcaSimpleSignerInfoVerifierBuilder().build(certificate.getPublicKey()))) {
          return Optional.empty();
        }
      }
      boolean any = signed.getSignerInfos().size() > 0;
      return any
          ? Optional.of(JSON.readTree((byte[]) signed.getSignedContent().getContent()))
          : Optional.empty();
    } catch (IOException | CMSException | OperatorCreationException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
