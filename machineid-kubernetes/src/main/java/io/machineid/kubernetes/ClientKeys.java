package io.machineid.kubernetes;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keys of kubeconfigs. fabric8 takes a key in PKCS #8 form for RSA unless it is told, and kubectl,
 * {@code tbot} and this library write such keys for ECDSA.
 */
final class ClientKeys {

  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.+?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  private ClientKeys() {}

  /** Tells fabric8 what the client's key is, where it would not see that by itself. */
  static void nameAlgorithm(Config config) {
    String pem = pem(config);
    Matcher key = PKCS8.matcher(pem == null ? "" : pem);
    if (key.find() && isEc(Base64.getMimeDecoder().decode(key.group(1)))) {
      config.setClientKeyAlgo("EC");
    }
  }

  private static @Nullable String pem(Config config) {
    String data = config.getClientKeyData();
    if (data != null) {
      return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
    }
    String file = config.getClientKeyFile();
    try {
      return file == null ? null : Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isEc(byte[] pkcs8) {
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)) != null;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
