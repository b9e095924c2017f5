package io.machineid.internal.lifecycle;

import io.machineid.ConfigException;
import io.machineid.ConnectionException;
import io.machineid.CredentialException;
import io.machineid.DestinationException;
import io.machineid.JoinException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.auth.ClusterRoute;
import io.machineid.internal.auth.JoinChannel;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.auth.JoinTask;
import io.machineid.internal.auth.JoinTask.Joined;
import io.machineid.internal.auth.Joins;
import io.machineid.internal.discovery.Versions;
import io.machineid.internal.keypair.KeypairStore;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.warmup.WarmUp;
import io.machineid.join.BoundKeypairJoin;
import io.machineid.join.JoinMethod;
import io.machineid.tls.PinnedTls;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.KeyPair;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** How a bot gets the identity that it starts with: it joins, or renews what is stored. */
final class Entrance {

  private static final Logger LOG = System.getLogger("io.machineid");

  private final BotSettings settings;
  private final ServerTime time;
  private final IdentityStore store;
  private final Executor workers;
  private final KeySupply keys;
  private final KeypairStore keypairs;
  private final SelfRenewal renewal;

  /** The newest that was joined, until it is renewed: its token may be used up. */
  private volatile @Nullable Bought bought;

  private record Bought(String tokenHash, Entered entered) {}

  Entrance(
      BotSettings settings,
      ServerTime time,
      IdentityStore store,
      Executor workers,
      KeySupply keys) {
    this.settings = settings;
    this.time = time;
    this.store = store;
    this.workers = workers;
    this.keys = keys;
    this.keypairs = new KeypairStore(settings.storage());
    this.renewal = new SelfRenewal(settings, time, store);
  }

  /**
   * What a bot enters with.
   *
   * @param identity its identity
   * @param algorithm the kind of key that the cluster wants, or the cheapest that it takes
   * @param problem why the identity can not be renewed, mostly empty
   */
  record Entered(Identity identity, KeyAlgorithm algorithm, Optional<MachineIdException> problem) {}

  /** Enters. What it returns is stored already. */
  Entered enter() {
    // Making a key takes a while the first time; meanwhile the server is met.
    CompletableFuture<KeyPair> firstKey =
        CompletableFuture.supplyAsync(KeyAlgorithm.ECDSA_P256::generate, workers);
    workers.execute(WarmUp::calls);
    Optional<Identity> found = store.load();
    Optional<Identity> stored = found.filter(identity -> usable());
    stored.ifPresent(identity -> settings.route().known(identity.certificates().tlsAuthorities()));
    ClusterRoute.Contact contact = settings.route().contact();
    contact.serverTime().ifPresent(server -> time.measured(server, settings.route().address()));
    contact.found().flatMap(Versions::misfit).ifPresent(Entrance::refuse);
    KeyAlgorithm algorithm =
        contact.signatureSuite().map(KeyAlgorithm::ofSuite).orElse(KeyAlgorithm.ECDSA_P256);
    keys.begin(algorithm);
    if (stored.isPresent()) {
      Identity identity = stored.get();
      return renewsItself(identity)
          ? renewStored(identity, algorithm)
          : replaceStored(identity, algorithm, firstKey);
    }
    JoinMethod join = settings.join().orElseThrow(() -> noWayIn(found.isPresent()));
    return join(join, algorithm, firstKey, Optional.empty());
  }

  private static void refuse(String misfit) {
    throw new ConnectionException(Reason.NOT_TELEPORT, false, misfit, null);
  }

  private static ConfigException noWayIn(boolean storedButOther) {
    return new ConfigException(
        storedButOther
            ? "the stored identity has ended or came from another token, and there is nothing to join with: configure a join method"
            : "there is neither a stored identity nor a token to join with: give a token (`tctl bots add` prints one)",
        null);
  }

  /** A stored identity counts unless another token than the one it came from is configured. */
  private boolean usable() {
    if (settings.join().isEmpty()) {
      return true;
    }
    String token;
    try {
      token = settings.join().get().exposeToken();
    } catch (ConfigException e) {
      LOG.log(Level.WARNING, "{0}; the stored identity is used", e.getMessage());
      return true;
    }
    boolean same = store.isFrom(token);
    if (!same) {
      LOG.log(
          Level.INFO,
          "the configured token is not the one that the stored identity came from: joining anew");
    }
    return same;
  }

  /**
   * An identity that does not renew itself is replaced by joining again. Where that cannot be done
   * for now, or not at all, it serves until it ends.
   */
  private Entered replaceStored(
      Identity stored, KeyAlgorithm algorithm, CompletableFuture<KeyPair> firstKey) {
    boolean ended = stored.notAfter().isBefore(time.now());
    if (settings.join().isEmpty()) {
      if (ended) {
        throw noWayIn(true);
      }
      return new Entered(stored, algorithm, Optional.of(noWayIn(false)));
    }
    try {
      return join(settings.join().get(), algorithm, firstKey, Optional.of(stored));
    } catch (MachineIdException e) {
      if (ended || !e.retryable()) {
        throw e;
      }
      LOG.log(
          Level.WARNING, "the stored identity is used, joining again failed: {0}", e.getMessage());
      return new Entered(stored, algorithm, Optional.of(e));
    }
  }

  /** Whether an identity is followed by another join, not by a renewal with itself. */
  boolean joinsAgain(Identity identity) {
    return !renewsItself(identity) && settings.join().isPresent();
  }

  /** A bound key pair is to be shown again in any case, whatever the certificate permits. */
  private boolean renewsItself(Identity identity) {
    return identity.subject().renewable()
        && settings.join().filter(BoundKeypairJoin.class::isInstance).isEmpty();
  }

  /** Joins again, with fresh evidence and a fresh key. What it returns is stored already. */
  Entered joinedAgain(Identity current, KeyAlgorithm algorithm) {
    return join(
        settings.join().orElseThrow(() -> noWayIn(false)),
        algorithm,
        CompletableFuture.supplyAsync(KeyAlgorithm.ECDSA_P256::generate, workers),
        Optional.of(current));
  }

  private Entered renewStored(Identity stored, KeyAlgorithm algorithm) {
    if (stored.notAfter().isBefore(time.now())) {
      throw new JoinException(
          Reason.EXPIRED,
          false,
          "the identity stored in %s expired at %s. A bot that joined by token cannot come back by itself: delete and recreate the bot (`tctl bots rm`, `tctl bots add`) and configure the new token"
              .formatted(settings.storage().describe(), stored.notAfter()),
          null);
    }
    AuthRoute route = settings.route().auth(stored.subject().cluster());
    try (AuthClient client = client(route, stored)) {
      return new Entered(renewed(stored, client), algorithm, Optional.empty());
    } catch (CredentialException e) {
      if (e.reason() != Reason.SUPERSEDED) {
        throw e;
      }
      LOG.log(Level.WARNING, "the stored identity is used until it ends: {0}", e.getMessage());
      return new Entered(stored, algorithm, Optional.of(e));
    }
  }

  /**
   * Renews an identity with itself.
   *
   * @throws CredentialException with the reason SUPERSEDED when renewing would lock the bot
   */
  Identity renewed(Identity identity, AuthClient client) {
    Identity next = renewal.renewed(identity, client);
    Bought kept = bought;
    if (kept != null && kept.entered().identity().equals(identity)) {
      bought = null;
    }
    return next;
  }

  /**
   * Joins with a token that was not used yet, where the join method has one by now: the way back
   * for an identity that can no longer be renewed.
   */
  Optional<Entered> joinWithNewToken(Identity current, KeyAlgorithm algorithm) {
    if (settings.join().isEmpty()) {
      return Optional.empty();
    }
    String token;
    try {
      token = settings.join().get().exposeToken();
    } catch (ConfigException e) {
      return Optional.empty();
    }
    Optional<Entered> kept = boughtWith(token, current);
    if (kept.isEmpty() && store.isFrom(token)) {
      return Optional.empty();
    }
    renewal.forget();
    try {
      return Optional.of(
          kept.isPresent()
              ? saved(kept.get(), token)
              : join(
                  settings.join().get(),
                  algorithm,
                  CompletableFuture.supplyAsync(KeyAlgorithm.ECDSA_P256::generate, workers),
                  Optional.empty()));
    } catch (RuntimeException e) {
      Entered unstored = boughtWith(token, current).orElseThrow(() -> e);
      renewal.letUnstored(current, e);
      return Optional.of(unstored);
    }
  }

  /** What was bought with a token, if the bot has not got as far as to work with it. */
  private Optional<Entered> boughtWith(String token, Identity current) {
    return Optional.ofNullable(bought)
        .filter(kept -> kept.tokenHash().equals(IdentityStore.hash(token)))
        .map(Bought::entered)
        .filter(entered -> !entered.identity().equals(current))
        .filter(entered -> !time.isPast(entered.identity().notAfter()));
  }

  /** Measures the server's clock anew. */
  void measureClock() {
    settings
        .route()
        .serverTime()
        .ifPresent(server -> time.corrected(server, settings.route().address()));
  }

  private Entered join(
      JoinMethod method,
      KeyAlgorithm algorithm,
      CompletableFuture<KeyPair> firstKey,
      Optional<Identity> current) {
    String token = method.exposeToken();
    Map<KeyAlgorithm, KeyPair> made = new EnumMap<>(KeyAlgorithm.class);
    Joined joined;
    try {
      joined =
          ask(
              method,
              kind ->
                  kind == KeyAlgorithm.ECDSA_P256
                      ? firstKey.join()
                      : made.computeIfAbsent(kind, this::supplied),
              algorithm,
              current);
    } catch (KeyRefused refused) {
      if (algorithm == KeyAlgorithm.RSA_2048) {
        throw keyRefused(refused);
      }
      LOG.log(Level.INFO, "the cluster refuses ECDSA keys: using RSA");
      joined = askAgain(method, current);
    }
    Identity identity = Identity.of(joined.key().getPrivate(), joined.certificates());
    Entered entered = new Entered(identity, joined.algorithm(), Optional.empty());
    bought = new Bought(IdentityStore.hash(token), entered);
    return saved(entered, token);
  }

  /** A key of the kind that the cluster wants, those for the first credentials on their way. */
  private KeyPair supplied(KeyAlgorithm algorithm) {
    keys.begin(algorithm);
    return keys.take(algorithm);
  }

  /** What another join brings back need not be stored; what was bought with a token has to be. */
  private Entered saved(Entered joined, String token) {
    try {
      store.saveJoined(joined.identity(), token);
    } catch (DestinationException e) {
      if (joined.identity().subject().renewable()) {
        throw e;
      }
      LOG.log(Level.WARNING, "an identity is used that could not be stored: {0}", e.getMessage());
    }
    return joined;
  }

  private Joined ask(
      JoinMethod method,
      Function<KeyAlgorithm, KeyPair> maker,
      KeyAlgorithm algorithm,
      Optional<Identity> current)
      throws KeyRefused {
    Instant now = time.now();
    return Joins.join(
        new JoinTask(
            settings.route(),
            method,
            maker,
            algorithm,
            now,
            now.plus(settings.ttl()),
            keypairs,
            current
                .filter(identity -> identity.notAfter().isAfter(now))
                .filter(identity -> staysItself(identity, method))
                .map(this::joinChannel)));
  }

  /** Whether the cluster takes another join for one of the same bot, if we show who we are. */
  private static boolean staysItself(Identity identity, JoinMethod method) {
    return identity.subject().botInstanceId().isPresent() || method instanceof BoundKeypairJoin;
  }

  /** To the join service as the bot that we are. */
  private JoinChannel joinChannel(Identity identity) {
    AuthRoute route = settings.route().auth(identity.subject().cluster());
    return new JoinChannel(route.as(identity.ssh()), tls(route, identity));
  }

  private Joined askAgain(JoinMethod method, Optional<Identity> current) {
    KeyPair key = supplied(KeyAlgorithm.RSA_2048);
    try {
      return ask(method, kind -> key, KeyAlgorithm.RSA_2048, current);
    } catch (KeyRefused refused) {
      throw keyRefused(refused);
    }
  }

  private MachineIdException keyRefused(KeyRefused cause) {
    return new JoinException(
        Reason.JOIN_DENIED,
        false,
        "the cluster at %s takes neither ECDSA P-256 nor RSA 2048 keys"
            .formatted(settings.route().address()),
        cause);
  }

  /** The auth service as an identity calls it. */
  static AuthClient client(AuthRoute route, Identity identity) {
    return new AuthClient(route.as(identity.ssh()), tls(route, identity));
  }

  /** The same, for a few calls: the connection ends when there were none for a while. */
  static AuthClient briefClient(AuthRoute route, Identity identity) {
    return AuthClient.brief(route.as(identity.ssh()), tls(route, identity));
  }

  private static SSLContext tls(AuthRoute route, Identity identity) {
    return PinnedTls.context(
        route.serverName(),
        identity.privateKey(),
        identity.certificates().tls(),
        identity.certificates().tlsAuthorities());
  }
}
