package io.machineid.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A maker of TPMs, who signs certificates for their endorsement keys. */
public final class TpmMaker {

  private final X500Name name;
  private final KeyPair key = SoftwareTpm.newKey();

  public TpmMaker(String name) {
    this.name = new X500Name("CN=" + name);
  }

  /** Of an endorsement key. */
  public X509Certificate certificate(PublicKey ofTpm, BigInteger serial)
      throws GeneralSecurityException {
    return sign(new X500Name("CN=a TPM"), ofTpm, serial);
  }

  /** Its own certificate, PEM. */
  public String pem() throws GeneralSecurityException, IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(sign(name, key.getPublic(), BigInteger.ONE));
    }
    return text.toString();
  }

  private X509Certificate sign(X500Name subject, PublicKey subjectKey, BigInteger serial)
      throws GeneralSecurityException {
    Instant now = Instant.now();
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              new JcaX509v3CertificateBuilder(
                      name,
                      serial,
                      Date.from(now.minus(Duration.ofDays(1))),
                      Date.from(now.plus(Duration.ofDays(1000))),
                      subject,
                      subjectKey)
                  .build(new JcaContentSignerBuilder("SHA256withRSA").build(key.getPrivate())));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
