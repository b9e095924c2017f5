package io.machineid.testkit.internal.ssh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.util.function.IntSupplier;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jspecify.annotations.Nullable;

/** A channel that leads to the auth service once the client has asked for that. */
final class DialledChannel extends AbstractServerChannel {

  private static final String TYPE = "teleport-transport";
  private static final String REQUEST = "teleport-transport-dial";
  private static final String AUTH = "@remote-auth-server";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final IntSupplier auth;
  private volatile @Nullable Socket far;

  private DialledChannel(IntSupplier auth) {
    super(null);
    this.auth = auth;
    addCloseFutureListener(closed -> end());
  }

  /**
   * Makes such channels.
   *
   * @param auth the port of the auth service
   */
  record Factory(IntSupplier auth) implements ChannelFactory {
    @Override
    public String getName() {
      return TYPE;
    }

    @Override
    public Channel createChannel(Session session) {
      return new DialledChannel(auth);
    }
  }

  @Override
  protected RequestHandler.Result handleInternalRequest(
      String request, boolean wantReply, Buffer buffer) throws IOException {
    if (!request.equals(REQUEST)) {
      return RequestHandler.Result.Unsupported;
    }
    byte[] payload = new byte[buffer.available()];
    buffer.getRawBytes(payload);
    JsonNode asked = JSON.readTree(payload);
    if (!asked.path("address").asText().equals(AUTH)) {
      return RequestHandler.Result.ReplyFailure;
    }
    Socket socket = new Socket(Proxy.NO_PROXY);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), auth.getAsInt()));
    far = socket;
    Thread thread = new Thread(() -> back(socket), "machineid-testkit-ssh");
    thread.setDaemon(true);
    thread.start();
    return RequestHandler.Result.ReplySuccess;
  }

  /** What the auth service says. */
  private void back(Socket socket) {
    try (ChannelOutputStream out =
        new ChannelOutputStream(
            this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true)) {
      byte[] bytes = new byte[16 << 10];
      for (int count = socket.getInputStream().read(bytes);
          count >= 0;
          count = socket.getInputStream().read(bytes)) {
        out.write(bytes, 0, count);
        out.flush();
      }
    } catch (IOException | RuntimeSshException e) {
      log.debug("a tunnel broke", e);
    } finally {
      close(false);
    }
  }

  @Override
  protected void doWriteData(byte[] data, int offset, long length) throws IOException {
    Socket socket = far;
    if (socket == null) {
      throw new IOException("data before the request");
    }
    socket.getOutputStream().write(data, offset, Math.toIntExact(length));
    getLocalWindow().release(length);
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) {
    throw new UnsupportedOperationException("a client has no standard error");
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    end();
  }

  private void end() {
    Socket socket = far;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        log.debug("a tunnel did not close", e);
      }
    }
  }
}
