package io.machineid.join;

import io.machineid.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** The stream of a software TPM, which is not waited for without end. For one thread; blocks. */
final class TpmSocket implements ByteChannel {

  /** Longer than a join waits. */
  static final Duration SILENCE = Duration.ofMinutes(2);

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey ready;
  private final Duration silence;

  private TpmSocket(SocketChannel channel, Duration silence) throws IOException {
    this.channel = channel;
    this.silence = silence;
    channel.configureBlocking(false);
    this.selector = channel.provider().openSelector();
    this.ready = channel.register(selector, 0);
  }

  /**
   * Connects to a TPM.
   *
   * @param silence how long it may say nothing
   */
  static Tpm open(SocketAddress address, Duration silence) throws IOException {
    return new TpmChip(new TpmLink(connect(address, silence), address.toString()));
  }

  /** Nothing protects what is said. */
  static void checkOfThisMachine(SocketAddress address) {
    boolean local =
        address instanceof UnixDomainSocketAddress
            || (address instanceof InetSocketAddress inet
                && inet.getAddress() != null
                && inet.getAddress().isLoopbackAddress());
    if (!local) {
      throw new ConfigException(
          "the TPM at %s is not on this machine, and the connection would not be protected: give a Unix domain socket, or a resolved address on loopback"
              .formatted(address),
          null);
    }
  }

  static ByteChannel connect(SocketAddress address, Duration silence) throws IOException {
    SocketChannel channel = reached(address);
    try {
      return new TpmSocket(channel, silence);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static SocketChannel reached(SocketAddress address) {
    try {
      return SocketChannel.open(address);
    } catch (IOException e) {
      throw Evidence.passing(
          TpmJoin.NAME,
          "the TPM at %s cannot be reached: %s. Is it running there? For swtpm: start swtpm with --flags not-need-init,startup-clear"
              .formatted(address, e),
          e);
    }
  }

  private void await(int operation) throws IOException {
    ready.interestOps(operation);
    if (selector.select(silence.toMillis()) == 0) {
      throw new IOException("it was silent for %d s".formatted(silence.toSeconds()));
    }
    selector.selectedKeys().clear();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    await(SelectionKey.OP_READ);
    return channel.read(target);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    await(SelectionKey.OP_WRITE);
    return channel.write(source);
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      selector.close();
    }
  }
}
