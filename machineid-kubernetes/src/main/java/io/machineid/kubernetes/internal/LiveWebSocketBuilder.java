package io.machineid.kubernetes.internal;

import io.machineid.MachineIdException;
import io.machineid.internal.transport.ProxiedRequests;
import io.machineid.kubernetes.internal.TlsGenerations.Begun;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Notes its settings, and opens the WebSocket on the generation of that moment. */
final class LiveWebSocketBuilder implements WebSocket.Builder {

  private final LiveHttpClient client;
  private final List<Consumer<WebSocket.Builder>> settings = new ArrayList<>();

  LiveWebSocketBuilder(LiveHttpClient client) {
    this.client = client;
    connectTimeout(Streams.REQUEST_TIMEOUT);
  }

  @Override
  public WebSocket.Builder header(String name, String value) {
    return note(builder -> builder.header(name, value));
  }

  @Override
  public WebSocket.Builder connectTimeout(Duration timeout) {
    return note(builder -> builder.connectTimeout(timeout));
  }

  @Override
  public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
    return note(builder -> builder.subprotocols(mostPreferred, lesserPreferred));
  }

  @Override
  public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
    CuttableWebSocket socket = new CuttableWebSocket(listener);
    try {
      Begun begun = client.begin(true, socket::cut);
      socket.over(begun.call()::close);
      Shards.Place place = client.shards(begun.generation()).place();
      socket.over(
          () -> {
            place.release();
            begun.call().close();
          });
      WebSocket.Builder builder = place.client().newWebSocketBuilder();
      settings.forEach(setting -> setting.accept(builder));
      ProxiedRequests.authorization(uri, client.proxies())
          .ifPresent(value -> builder.header(ProxiedRequests.AUTHORIZATION, value));
      return socket.opening(builder.buildAsync(uri, socket));
    } catch (MachineIdException e) {
      return CompletableFuture.failedFuture(e);
    } catch (RuntimeException e) {
      socket.gone();
      throw e;
    }
  }

  private WebSocket.Builder note(Consumer<WebSocket.Builder> setting) {
    settings.add(setting);
    return this;
  }
}
