package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.BotHealth;
import io.machineid.BotIdentity;
import io.machineid.BotState;
import io.machineid.ClosedException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What is measured of a bot and its services. Holds no secrets. */
final class Metrics {

  private final Supplier<Optional<Bot>> bot;
  private final Services services;
  private final Counters counters;

  /**
   * Measures nothing by itself.
   *
   * @param bot the bot, once it has joined
   * @param services what it keeps valid
   * @param counters what it was counted by
   */
  Metrics(Supplier<Optional<Bot>> bot, Services services, Counters counters) {
    this.bot = bot;
    this.services = services;
    this.counters = counters;
  }

  String text() {
    MetricsText text = new MetricsText();
    text.metric("machineid_info", "gauge", "Always 1; says what runs.");
    text.sample("machineid_info", Map.of("version", VersionCommand.version()), 1);
    state(text);
    bot.get().ifPresent(running -> identity(running, text));
    counted(text);
    services(text);
    return text.toString();
  }

  private void state(MetricsText text) {
    String name = "machineid_bot_state";
    Optional<BotState> now = bot.get().map(Bot::state);
    text.metric(name, "gauge", "1 for the state that the bot is in, 0 for the others.");
    text.sample(name, Map.of("state", "joining"), now.isEmpty() ? 1 : 0);
    for (BotState state : BotState.values()) {
      String label = state.name().toLowerCase(Locale.ROOT);
      text.sample(name, Map.of("state", label), now.equals(Optional.of(state)) ? 1 : 0);
    }
  }

  private static void identity(Bot running, MetricsText text) {
    BotIdentity identity;
    BotHealth health;
    try {
      identity = running.identity();
      health = running.health();
    } catch (ClosedException e) {
      return; // the program is stopping
    }
    gauge(
        text,
        "machineid_identity_expiry_timestamp_seconds",
        "When the bot's identity ends, on the server's clock.",
        timestamp(identity.notAfter()));
    identity
        .generation()
        .ifPresent(
            generation ->
                gauge(
                    text,
                    "machineid_identity_generation",
                    "How often the cluster has issued the identity.",
                    generation));
    gauge(
        text,
        "machineid_clock_offset_seconds",
        "How far the server's clock is ahead of this machine's.",
        Counters.seconds(health.clockOffset()));
  }

  private void counted(MetricsText text) {
    Counters.Counted counted = counters.counted();
    gauge(
        text,
        "machineid_start_duration_seconds",
        "How long it took to join, or to take up the stored identity; 0 before.",
        counted.startSeconds());
    counter(text, "machineid_identity_renewals", "Renewals that went well.", counted.renewals());
    String failures = "machineid_renewal_failures_total";
    text.metric(failures, "counter", "Failed renewals, of the identity or of a credential.");
    counted
        .failures()
        .forEach(
            (reason, count) ->
                text.sample(
                    failures, Map.of("reason", reason.name().toLowerCase(Locale.ROOT)), count));
    String issue = "machineid_credential_issue_duration_seconds";
    text.metric(issue, "summary", "Credentials issued, and how long that took.");
    text.sample(issue + "_count", counted.issued());
    text.sample(issue + "_sum", counted.issueSeconds());
    counter(
        text,
        "machineid_connections_drained",
        "Replaced credentials whose connections have all ended.",
        counted.drained());
    counter(
        text, "machineid_streams_cut", "Streams that were ended for that.", counted.streamsCut());
  }

  private void services(MetricsText text) {
    perService(
        text,
        "machineid_service_ready",
        "gauge",
        "1 when the service has what is valid.",
        service -> service.status().ready() ? 1 : 0);
    perService(
        text,
        "machineid_service_expiry_timestamp_seconds",
        "gauge",
        "When what the service has ends; 0 when there is nothing.",
        service -> timestamp(service.validUntil()));
    perService(
        text,
        "machineid_service_runs_total",
        "counter",
        "How often the identity was renewed, or the output written.",
        service -> service.doneCount());
    perService(
        text,
        "machineid_service_failures_total",
        "counter",
        "How often that failed.",
        service -> service.failedCount());
  }

  private void perService(
      MetricsText text, String name, String type, String help, Function<Service, Number> measure) {
    List<Service> all = services.all();
    text.metric(name, type, help);
    all.forEach(
        service -> text.sample(name, Map.of("service", service.name()), measure.apply(service)));
  }

  private static void gauge(MetricsText text, String name, String help, Number value) {
    text.metric(name, "gauge", help).sample(name, value);
  }

  private static void counter(MetricsText text, String name, String help, Number value) {
    text.metric(name + "_total", "counter", help).sample(name + "_total", value);
  }

  private static long timestamp(Instant time) {
    return time.getEpochSecond();
  }
}
