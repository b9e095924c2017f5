package io.machineid.cli;

import io.machineid.BotEvent;
import io.machineid.CredentialRequest;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.ServiceHealth;
import io.machineid.config.OutputConfig;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All that is kept valid: the bot's identity, and each output. Thread-safe. */
final class Services {

  private static final Pattern NOT_IN_NAMES = Pattern.compile("[^a-z0-9_+-]");

  private final Service identity;
  private volatile List<OutputWriter> writers = List.of();
  private final List<Service> outputs = new ArrayList<>();

  Services(List<OutputConfig> configs, InstantSource clock) {
    this.identity = new Service("identity", "identity", clock);
    for (OutputConfig config : configs) {
      String unnamed = config.type() + "-" + (outputs.size() + 1);
      String name = config.name().orElseGet(() -> NOT_IN_NAMES.matcher(unnamed).replaceAll("-"));
      outputs.add(new Service(config.type(), name, clock));
    }
  }

  List<Service> all() {
    return Stream.concat(Stream.of(identity), outputs.stream()).toList();
  }

  /** Who knows which credentials are for which output; in the order of the configuration. */
  void outputs(List<OutputWriter> newWriters) {
    writers = List.copyOf(newWriters);
  }

  /** The output of this place in the configuration. */
  Service output(int index) {
    return outputs.get(index);
  }

  /** What the cluster is told. */
  List<ServiceHealth> health() {
    return all().stream().map(Service::health).toList();
  }

  Optional<Service> named(String name) {
    return all().stream().filter(service -> service.name().equals(name)).findFirst();
  }

  boolean ready() {
    return all().stream().allMatch(service -> service.status().ready());
  }

  /** Takes note of what happened to the bot. */
  void on(BotEvent event) {
    if (event instanceof BotEvent.Joined joined) {
      identity.done(joined.identity().notAfter());
    } else if (event instanceof BotEvent.Renewed renewed) {
      identity.done(renewed.identity().notAfter());
    } else if (event instanceof BotEvent.RenewalFailed failed) {
      failed
          .request()
          .ifPresentOrElse(
              request -> outputFailed(request, failed.error()),
              () -> identityFailed(failed.error()));
    }
  }

  /** A bot that is locked is refused everything. */
  private void identityFailed(MachineIdException error) {
    String reason = CommandLines.oneLine(error.getMessage());
    if (error.reason() == Reason.LOCKED) {
      identity.lost(reason);
    } else {
      identity.failed(reason);
    }
  }

  private void outputFailed(CredentialRequest request, MachineIdException error) {
    List<OutputWriter> known = writers;
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).asks(request)) {
        outputs.get(i).failed(CommandLines.oneLine(error.getMessage()));
      }
    }
  }

  /** The answer to whether all is ready, as {@code tbot} gives it. */
  Map<String, Object> report() {
    Map<String, Object> each = new LinkedHashMap<>();
    all().forEach(service -> each.put(service.name(), service.report()));
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("status", overall().toString());
    report.put("services", each);
    return report;
  }

  /** The worst of all. */
  private Service.Status overall() {
    List<Service.Status> each = all().stream().map(Service::status).toList();
    return Stream.of(Service.Status.UNHEALTHY, Service.Status.INITIALIZING, Service.Status.DEGRADED)
        .filter(each::contains)
        .findFirst()
        .orElse(Service.Status.HEALTHY);
  }
}
