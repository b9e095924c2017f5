package io.machineid.join;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A TPM that takes commands, with the few that a join needs. */
final class TpmChip implements Tpm {

  private static final Logger LOG = System.getLogger("io.machineid");

  private static final int ENDORSEMENT = 0x4000000b;
  private static final int NOTHING = 0x40000007;

  /** Where makers and operating systems keep the RSA endorsement key, if they do. */
  private static final int KEPT_KEY = 0x81010001;

  private static final int POLICY_SESSION = 1;
  private static final int NONCE_BYTES = 16;
  private static final byte[] EMPTY = {};
  private static final SecureRandom RANDOM = new SecureRandom();

  private final TpmLink link;
  private final Deque<Integer> loaded = new ArrayDeque<>();
  private @Nullable Key endorsementKey;
  private int attestationKey;

  /** A key in the TPM. */
  private record Key(int handle, TpmPublicKey key) {}

  /** What a TPM says of a key that it has made. */
  private static final class Made {
    final int handle;
    final byte[] publicArea;
    final byte[] creationData;
    final byte[] creationHash;
    final byte[] ticket;

    Made(TpmLink.Answer answer) {
      TpmReader in = answer.parameters();
      this.handle = answer.handle();
      this.publicArea = in.sized();
      this.creationData = in.sized();
      this.creationHash = in.sized();
      this.ticket = ticket(in);
    }
  }

  TpmChip(TpmLink link) {
    this.link = link;
  }

  @Override
  public TpmAttestation attest() {
    try {
      Optional<byte[]> certificate = certificate();
      Key key = endorsementKey(certificate);
      endorsementKey = key;
      Made made = create(TpmTemplates.attestationKey());
      attestationKey = made.handle;
      TpmReader certified = certify(made);
      TpmAttestation attestation =
          TpmAttestation.of(made.publicArea, made.creationData, certified.sized(), certified.rest())
              .key(key.key().encoded());
      return certificate.map(attestation::certificate).orElse(attestation);
    } catch (TpmRefusal e) {
      throw e.toError(link.name());
    } catch (BufferUnderflowException | GeneralSecurityException e) {
      throw link.unreadable("what a join asks");
    }
  }

  /** A certificate that is there and may not be read is none: the key may be enough. */
  private Optional<byte[]> certificate() throws TpmRefusal {
    try {
      return new TpmMemory(link).certificate();
    } catch (TpmRefusal e) {
      if (!e.isOfRights()) {
        throw e;
      }
      LOG.log(
          Level.INFO,
          "the EK certificate of the TPM cannot be read, and the key alone is shown: {0}",
          e.getMessage());
      return Optional.empty();
    }
  }

  private Key endorsementKey(Optional<byte[]> certificate) throws TpmRefusal {
    Optional<Key> kept = keptKey().filter(key -> fits(key, certificate));
    if (kept.isPresent()) {
      return kept.get();
    }
    Made made = create(TpmTemplates.endorsementKey());
    return TpmPublicKey.read(made.publicArea)
        .map(key -> new Key(made.handle, key))
        .filter(key -> fits(key, certificate))
        .orElseThrow(
            () ->
                Evidence.lasting(
                    TpmJoin.NAME,
                    "the EK certificate in the TPM at %s is for another key than its RSA endorsement key of the usual template"
                        .formatted(link.name())));
  }

  private static boolean fits(Key key, Optional<byte[]> certificate) {
    return key.key().isEndorsementKey() && certificate.map(der -> key.key().isIn(der)).orElse(true);
  }

  private Optional<Key> keptKey() throws TpmRefusal {
    try {
      TpmReader answer = link.send(new TpmCommand("TPM2_ReadPublic", 0x173).handle(KEPT_KEY));
      return TpmPublicKey.read(answer.sized()).map(key -> new Key(KEPT_KEY, key));
    } catch (TpmRefusal e) {
      if (e.isOfMissing()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Made create(byte[] template) throws TpmRefusal {
    TpmLink.Answer answer =
        link.create(
            new TpmCommand("TPM2_CreatePrimary", 0x131)
                .handle(ENDORSEMENT)
                .password()
                .sized(new byte[4]) // neither password nor data of ours
                .sized(template)
                .sized(EMPTY)
                .parameter(0)); // no PCRs
    loaded.push(answer.handle());
    return new Made(answer);
  }

  private static byte[] ticket(TpmReader in) {
    byte[] kindAndHierarchy = in.raw(6);
    byte[] digest = in.sized();
    return ByteBuffer.allocate(8 + digest.length)
        .put(kindAndHierarchy)
        .putShort((short) digest.length)
        .put(digest)
        .array();
  }

  private TpmReader certify(Made made) throws TpmRefusal {
    return link.send(
        new TpmCommand("TPM2_CertifyCreation", 0x14a)
            .handle(made.handle)
            .handle(made.handle)
            .password()
            .sized(EMPTY)
            .sized(made.creationHash)
            .u16(TpmTemplates.NONE) // the scheme is the key's
            .raw(made.ticket));
  }

  @Override
  public byte[] activate(byte[] credentialBlob, byte[] secret) {
    Key key = endorsementKey;
    if (key == null) {
      throw new IllegalStateException("not before attest()");
    }
    try {
      int session = policySession();
      try {
        var unused = link.send(policySecret(session));
        return link.send(
                new TpmCommand(TpmRefusal.ACTIVATE, 0x147)
                    .handle(attestationKey)
                    .handle(key.handle())
                    .password()
                    .session(session)
                    .sized(credentialBlob)
                    .sized(secret))
            .sized();
      } finally {
        flush(session);
        loaded.remove(session);
      }
    } catch (TpmRefusal e) {
      throw e.toError(link.name());
    } catch (BufferUnderflowException e) {
      throw link.unreadable(TpmRefusal.ACTIVATE);
    }
  }

  private int policySession() throws TpmRefusal {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    int session =
        link.create(
                new TpmCommand("TPM2_StartAuthSession", 0x176)
                    .handle(NOTHING)
                    .handle(NOTHING)
                    .sized(nonce)
                    .sized(EMPTY)
                    .u8(POLICY_SESSION)
                    .u16(TpmTemplates.NONE)
                    .u16(TpmTemplates.SHA_256))
            .handle();
    loaded.push(session);
    return session;
  }

  private static TpmCommand policySecret(int session) {
    return new TpmCommand("TPM2_PolicySecret", 0x151)
        .handle(ENDORSEMENT)
        .handle(session)
        .password()
        .sized(EMPTY)
        .sized(EMPTY)
        .sized(EMPTY)
        .parameter(0); // no end
  }

  /** One that cannot be flushed is left to whoever comes after. */
  private void flush(int handle) {
    try {
      var unused = link.send(new TpmCommand("TPM2_FlushContext", 0x165).parameter(handle));
    } catch (TpmRefusal | RuntimeException e) {
      LOG.log(Level.DEBUG, "a handle was left in the TPM: {0}", e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    try (link) {
      while (!loaded.isEmpty()) {
        flush(loaded.pop());
      }
    }
  }
}
