package io.machineid.internal.lifecycle;

import io.machineid.DestinationException;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.internal.auth.IssuedCertificates;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.Sha256;
import io.machineid.internal.pki.SshKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A bot's identity at rest, in the files and forms that {@code tbot} uses. */
final class IdentityStore {

  private static final String KEY = "key";
  private static final String PUBLIC_KEY = "key.pub";
  private static final String SSH_CERTIFICATE = "key-cert.pub";
  private static final String TLS_CERTIFICATE = "tlscert";
  private static final String TLS_AUTHORITIES = "tlscacerts";
  private static final String SSH_AUTHORITIES = "sshcacerts";
  private static final String TOKEN_HASH = "tokenhash";
  private static final String RENEWAL = "renewal";
  private static final String OUTRUN = " outrun";
  private static final String SEPARATOR = "$";

  /** What may be remembered of a renewal. */
  enum Remembered {
    /** It was begun, and its outcome is not stored. */
    RENEWING,
    /** The cluster had counted another one, which we do not know of. */
    OUTRUN
  }

  private final Destination destination;

  /** Of a token that is spent, and of whose identity nothing is stored yet. */
  private volatile @Nullable String unstoredHash;

  IdentityStore(Destination destination) {
    this.destination = destination;
  }

  /** Whether this token has brought its identity already; true where the store does not say. */
  boolean isFrom(String token) {
    String hash = hash(token);
    String stored = text(TOKEN_HASH).map(String::strip).orElse("");
    return stored.isEmpty()
        || hash.equals(unstoredHash)
        || MessageDigest.isEqual(
            stored.getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
  }

  /** SHA-256 in hex: tells which one it was without keeping it. */
  static String hash(String text) {
    return HexFormat.of().formatHex(Sha256.digest(text));
  }

  /**
   * What is stored, or empty where a part is missing.
   *
   * @throws DestinationException when it is there but cannot be used
   */
  Optional<Identity> load() {
    Optional<String> key = text(KEY);
    Optional<String> tls = text(TLS_CERTIFICATE);
    Optional<String> ssh = text(SSH_CERTIFICATE);
    Optional<String> tlsAuthorities = text(TLS_AUTHORITIES);
    if (key.isEmpty() || tls.isEmpty() || ssh.isEmpty() || tlsAuthorities.isEmpty()) {
      return Optional.empty();
    }
    try {
      X509Certificate leaf = Pem.parseCertificates(bytes(tls.get())).get(0);
      List<X509Certificate> authorities = new ArrayList<>();
      for (String pem : entries(tlsAuthorities.get())) {
        authorities.addAll(Pem.parseCertificates(bytes(pem)));
      }
      PrivateKey privateKey = Pem.parsePrivateKey(key.get());
      List<String> sshAuthorities = entries(text(SSH_AUTHORITIES).orElse(""));
      return Optional.of(
          Identity.of(
              privateKey,
              new IssuedCertificates(leaf, ssh.get().strip(), authorities, sshAuthorities)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new DestinationException(
          "the bot identity stored in %s cannot be used: %s. Remove the files of the store and join with a new token"
              .formatted(destination.describe(), e.getMessage()),
          e);
    }
  }

  private Optional<String> text(String name) {
    return destination
        .read(name)
        .map(content -> new String(content, StandardCharsets.UTF_8))
        .filter(text -> !text.isBlank());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> entries(String joined) {
    return Pattern.compile(Pattern.quote(SEPARATOR))
        .splitAsStream(joined)
        .map(String::strip)
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  /** Stores an identity that was just joined. */
  void saveJoined(Identity identity, String token) {
    unstoredHash = hash(token);
    save(identity);
  }

  /**
   * Stores an identity that was just renewed. The key is the same, so any mix of old and new files
   * is usable.
   */
  void saveRenewed(Identity identity) {
    save(identity);
  }

  private void save(Identity identity) {
    FileSet.Builder files = files(identity);
    String spent = unstoredHash;
    if (spent != null) {
      files.addText(TOKEN_HASH, spent);
    }
    destination.write(files.build());
    unstoredHash = null;
  }

  /**
   * Remembers that an identity is about to be renewed. That is over by itself when another one is
   * stored.
   */
  void saveRenewing(Identity identity) {
    destination.write(FileSet.builder().addText(RENEWAL, fingerprint(identity)).build());
  }

  /** Takes back what {@link #saveRenewing} said. */
  void forgetRenewing() {
    destination.write(FileSet.builder().addText(RENEWAL, "").build());
  }

  /** Remembers that the cluster has counted a renewal of this identity that we do not know of. */
  void saveOutrun(Identity identity) {
    destination.write(FileSet.builder().addText(RENEWAL, fingerprint(identity) + OUTRUN).build());
  }

  /** What is remembered of the last renewal of this identity. */
  Optional<Remembered> renewal(Identity identity) {
    String note = text(RENEWAL).map(String::strip).orElse("");
    String fingerprint = fingerprint(identity);
    if (note.equals(fingerprint)) {
      return Optional.of(Remembered.RENEWING);
    }
    return note.equals(fingerprint + OUTRUN) ? Optional.of(Remembered.OUTRUN) : Optional.empty();
  }

  private static String fingerprint(Identity identity) {
    return hash(Pem.certificate(identity.certificates().tls()));
  }

  private static FileSet.Builder files(Identity identity) {
    IssuedCertificates certificates = identity.certificates();
    return FileSet.builder()
        .addText(KEY, Pem.privateKey(identity.privateKey()))
        .addText(PUBLIC_KEY, SshKeys.authorizedKey(identity.publicKey()))
        .addText(
            SSH_AUTHORITIES,
            joined(certificates.sshAuthorities().stream().map(line -> line + "\n").toList()))
        .addText(
            TLS_AUTHORITIES,
            joined(certificates.tlsAuthorities().stream().map(Pem::certificate).toList()))
        .addText(SSH_CERTIFICATE, certificates.ssh() + "\n")
        .addText(TLS_CERTIFICATE, Pem.certificate(certificates.tls()));
  }

  private static String joined(List<String> entries) {
    return entries.stream().collect(Collectors.joining(SEPARATOR));
  }
}
