package io.machineid.testkit.internal.kubernetes;

import java.net.http.HttpHeaders;

/** A request that knows whether it has been answered, so that a failure is not a second answer. */
final class Answered implements KubernetesExchange {

  private final KubernetesExchange exchange;
  private volatile boolean answered;

  Answered(KubernetesExchange exchange) {
    this.exchange = exchange;
  }

  boolean answered() {
    return answered;
  }

  @Override
  public String method() {
    return exchange.method();
  }

  @Override
  public String path() {
    return exchange.path();
  }

  @Override
  public String query() {
    return exchange.query();
  }

  @Override
  public HttpHeaders headers() {
    return exchange.headers();
  }

  @Override
  public byte[] body() {
    return exchange.body();
  }

  @Override
  public boolean upgradeRequested() {
    return exchange.upgradeRequested();
  }

  @Override
  public void respond(int status, HttpHeaders headers, byte[] body) {
    answered = true;
    exchange.respond(status, headers, body);
  }

  @Override
  public Channel stream(int status, HttpHeaders headers) {
    answered = true;
    return exchange.stream(status, headers);
  }

  @Override
  public Channel upgrade(HttpHeaders headers) {
    answered = true;
    return exchange.upgrade(headers);
  }
}
