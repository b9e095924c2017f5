package io.machineid.testkit.internal.kubeproxy;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that has had nothing under way for a while. Used on the connection's thread
 * only.
 */
final class IdleClose {

  private final Channel connection;
  private final Duration after;
  private int underWay;
  private @Nullable ScheduledFuture<?> close;

  IdleClose(Channel connection, Duration after) {
    this.connection = connection;
    this.after = after;
    connection.closeFuture().addListener(closed -> disarm());
    connection.eventLoop().execute(this::arm);
  }

  void begin() {
    underWay++;
    disarm();
  }

  void end() {
    underWay--;
    arm();
  }

  private void arm() {
    disarm();
    if (underWay == 0 && connection.isActive()) {
      close =
          connection
              .eventLoop()
              .schedule((Runnable) this::closeNow, after.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void closeNow() {
    Channels.close(connection);
  }

  private void disarm() {
    if (close != null) {
      close.cancel(false);
      close = null;
    }
  }
}
