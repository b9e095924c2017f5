package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.http.HttpHeaders;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * The answer to one request, written to an HTTP/1.1 connection or an HTTP/2 stream.
 *
 * <p>Everything that is written goes through the connection's event loop as a task of its own, so
 * that it leaves in the order of the calls, whatever the threads.
 */
final class NettyAnswer implements Answer {

  private final Channel channel;
  private final ClientRequest request;
  private final Responses responses;
  private final boolean closeAfter;
  private final IntConsumer onHead;
  private final CloseActions end = new CloseActions();
  private final AtomicBoolean taken = new AtomicBoolean();
  private final ChannelFutureListener gone = closed -> end.fire();

  /**
   * An answer.
   *
   * @param channel where it is written to
   * @param request what it is the answer to
   * @param responses builds the messages
   * @param closeAfter whether the connection ends with it
   * @param onHead told of the status
   */
  NettyAnswer(
      Channel channel,
      ClientRequest request,
      Responses responses,
      boolean closeAfter,
      IntConsumer onHead) {
    this.channel = channel;
    this.request = request;
    this.responses = responses;
    this.closeAfter = closeAfter;
    this.onHead = onHead;
    channel.closeFuture().addListener(gone);
  }

  /** What to do when the answer is complete or its client gone. On the event loop. */
  void onEnd(Runnable action) {
    end.add(action);
  }

  @Override
  public void respond(int status, HttpHeaders headers, byte[] body) {
    if (taken.compareAndSet(false, true)) {
      onHead.accept(status);
      channel.eventLoop().execute(() -> finish(responses.whole(status, headers, body, headOnly())));
    }
  }

  @Override
  public KubernetesExchange.Channel stream(int status, HttpHeaders headers) {
    if (!taken.compareAndSet(false, true)) {
      throw new IllegalStateException("this request has its answer already");
    }
    onHead.accept(status);
    channel.eventLoop().execute(() -> Channels.send(channel, responses.head(status, headers)));
    return new StreamedBody(
        channel, end, headOnly(), () -> finish(LastHttpContent.EMPTY_LAST_CONTENT));
  }

  @Override
  public KubernetesExchange.Channel upgrade(HttpHeaders headers) {
    if (!request.upgradeRequested() || !taken.compareAndSet(false, true)) {
      throw new IllegalStateException("nobody asked for an upgrade, or there is an answer already");
    }
    onHead.accept(101);
    String protocol = request.headers().firstValue("Upgrade").orElse("");
    UpgradedConnection upgraded = new UpgradedConnection(channel, end);
    channel.eventLoop().execute(() -> upgraded.start(responses.switching(headers, protocol)));
    return upgraded;
  }

  private boolean headOnly() {
    return request.method().equals("HEAD");
  }

  private void finish(Object last) {
    channel.closeFuture().removeListener(gone);
    channel
        .writeAndFlush(last)
        .addListener(
            written -> {
              if (closeAfter || !written.isSuccess()) {
                Channels.close(channel);
              }
            });
    end.fire();
  }
}
