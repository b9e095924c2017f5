package io.machineid.internal.transport;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.channel.AsyncCapableClientChannel;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.ChannelPipedInputStream;
import org.apache.sshd.common.util.buffer.Buffer;

/** A channel that leads to the auth service once the proxy has been asked for that. */
final class DialChannel extends AsyncCapableClientChannel {

  private static final String TYPE = "teleport-transport";
  private static final String REQUEST = "teleport-transport-dial";

  private final CompletableFuture<Boolean> granted = new CompletableFuture<>();

  DialChannel() {
    super(TYPE, true);
  }

  /**
   * Opens it and asks; blocks.
   *
   * @param longest how long each of these may take
   * @param raw the connection below all of it
   * @param onClose ends what else belongs to it
   */
  Socket dialled(Duration longest, Socket raw, Runnable onClose) throws IOException {
    addCloseFutureListener(closed -> granted.complete(false));
    open().verify(longest);
    Buffer request = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 128);
    request.putUInt(getRecipient());
    request.putString(REQUEST);
    request.putBoolean(true);
    request.putRawBytes(SshTunnel.dial());
    writePacket(request);
    if (!isGranted(longest)) {
      throw new IOException("the proxy does not lead to the auth service");
    }
    return new Ending(raw, this, onClose);
  }

  private boolean isGranted(Duration longest) throws IOException {
    try {
      return granted.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the proxy does not answer", e);
    }
  }

  @Override
  public void handleSuccess() {
    granted.complete(true);
  }

  @Override
  public void handleFailure() {
    granted.complete(false);
  }

  /** The library keeps back what is not flushed. */
  private static final class Flushing extends FilterOutputStream {
    Flushing(OutputStream channel) {
      super(channel);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      out.flush();
    }
  }

  /** The channel as a socket. */
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as for the class above
  private static final class Ending extends UpgradedSocket {
    private final InputStream in;
    private final Runnable onClose;

    Ending(Socket raw, DialChannel channel, Runnable onClose) {
      super(
          raw, raw, Framing.none(channel.getInvertedOut(), new Flushing(channel.getInvertedIn())));
      this.in = channel.getInvertedOut();
      this.onClose = onClose;
    }

    @Override
    public void setSoTimeout(int millis) {
      if (in instanceof ChannelPipedInputStream piped) {
        piped.setTimeout(millis);
      }
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        onClose.run();
      }
    }
  }
}
