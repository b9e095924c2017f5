package io.machineid.kubernetes;

import io.machineid.testkit.ClientCertificate;
import io.machineid.testkit.RecordedRequest;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the cluster saw of each client, told apart by namespace; it believes no client. */
final class TortureLedger implements Consumer<RecordedRequest> {

  /** How long after its issue a certificate may not be the one that requests come with. */
  static final Duration GRACE = Duration.ofSeconds(6);

  private static final Duration BACKDATED = Duration.ofMinutes(1);
  private static final Pattern PATH = Pattern.compile("/api/v1/namespaces/([^/]+)/pods(/.*)?");
  private static final int RECENT = 8;
  private static final int SAMPLES = 20;

  /** What went wrong, with a word on each; only the first few. */
  final ConcurrentLinkedQueue<String> samples = new ConcurrentLinkedQueue<>();

  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  /** One client. */
  static final class Account {
    private final Deque<X509Certificate> issued = new ArrayDeque<>();
    private final Set<BigInteger> serials = new HashSet<>();
    private final Set<Integer> connections = new HashSet<>();
    private final Deque<Integer> recent = new ArrayDeque<>();
    private long requests;
    private long refused;
    private long expired;
    private long superseded;
    private long watches;
    private long lists;
    private long sessions;

    synchronized long requests() {
      return requests;
    }

    /** Answered with anything but success. */
    synchronized long refused() {
      return refused;
    }

    /** Arrived when the certificate had ended. */
    synchronized long expired() {
      return expired;
    }

    /** Arrived with a certificate that had a successor for longer than the grace. */
    synchronized long superseded() {
      return superseded;
    }

    synchronized long watches() {
      return watches;
    }

    synchronized long lists() {
      return lists;
    }

    /** Exec sessions that were opened. */
    synchronized long sessions() {
      return sessions;
    }

    /** How many certificates were shown. */
    synchronized int certificates() {
      return serials.size();
    }

    synchronized int connections() {
      return connections.size();
    }

    /** The connections that the latest requests came by. */
    synchronized List<Integer> recent() {
      return List.copyOf(recent);
    }

    private synchronized void issued(X509Certificate certificate) {
      issued.addLast(certificate);
      if (issued.size() > RECENT) {
        issued.removeFirst();
      }
    }

    private synchronized String accept(RecordedRequest request, String rest) {
      requests++;
      watches += request.watch() ? 1 : 0;
      lists += rest.isEmpty() && !request.watch() ? 1 : 0;
      sessions += rest.endsWith("/exec") ? 1 : 0;
      if (connections.add(request.connection())) {
        recent.addLast(request.connection());
        if (recent.size() > RECENT) {
          recent.removeFirst();
        }
      }
      String trouble = "";
      if (!Set.of("200", "101").contains(request.status())) {
        refused++;
        trouble += " refused";
      }
      ClientCertificate shown = request.certificate().orElseThrow();
      serials.add(shown.serial());
      if (request.arrived().isAfter(shown.notAfter())) {
        expired++;
        trouble += " expired";
      }
      if (hasSuccessor(shown, request.arrived())) {
        superseded++;
        trouble += " superseded";
      }
      return trouble;
    }

    private boolean hasSuccessor(ClientCertificate shown, Instant arrived) {
      return issued.stream()
          .map(certificate -> certificate.getNotBefore().toInstant())
          .filter(begin -> begin.isAfter(shown.notBefore()))
          .anyMatch(begin -> begin.plus(BACKDATED).plus(GRACE).isBefore(arrived));
    }
  }

  Account of(String namespace) {
    return accounts.computeIfAbsent(namespace, name -> new Account());
  }

  /** A client was given a certificate. */
  void issued(String namespace, X509Certificate certificate) {
    of(namespace).issued(certificate);
  }

  @Override
  public void accept(RecordedRequest request) {
    Matcher path = PATH.matcher(request.path());
    if (!request.service().equals("KUBERNETES") || !path.matches()) {
      return;
    }
    String rest = path.group(2) == null ? "" : path.group(2);
    String trouble = of(path.group(1)).accept(request, rest);
    if (!trouble.isEmpty() && samples.size() < SAMPLES) {
      samples.add("server:" + trouble + ": " + request);
    }
  }
}
