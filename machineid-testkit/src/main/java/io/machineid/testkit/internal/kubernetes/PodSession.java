package io.machineid.testkit.internal.kubernetes;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A WebSocket into a pod that runs. Nothing runs there, so it gives back what it gets: standard
 * input comes out as standard output, and a forwarded port is an echo service. It stays open until
 * its client ends it.
 */
final class PodSession {

  private static final int BINARY = 0x82;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;
  private static final int LARGEST_MESSAGE = 1 << 20;
  private static final byte STANDARD_OUTPUT = 1;

  private final KubernetesExchange.Channel channel;
  private final boolean ports;
  private byte[] received = new byte[0];

  private PodSession(KubernetesExchange.Channel channel, boolean ports) {
    this.channel = channel;
    this.ports = ports;
  }

  /** Gives back what comes on the standard input. */
  static void ofProcess(KubernetesExchange.Channel channel) {
    PodSession session = new PodSession(channel, false);
    channel.write(frame(BINARY, new byte[] {STANDARD_OUTPUT}));
    channel.onData(session::receive);
  }

  /** Gives back what comes on a port. */
  static void ofPort(KubernetesExchange.Channel channel, int port) {
    PodSession session = new PodSession(channel, true);
    for (byte stream = 0; stream < 2; stream++) {
      channel.write(frame(BINARY, new byte[] {stream, (byte) port, (byte) (port >> 8)}));
    }
    channel.onData(session::receive);
  }

  /** A frame from a server, which is not masked. */
  static byte[] frame(int firstByte, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(firstByte);
    if (payload.length < 126) {
      frame.write(payload.length);
    } else if (payload.length < 1 << 16) {
      frame.writeBytes(new byte[] {126, (byte) (payload.length >> 8), (byte) payload.length});
    } else {
      frame.write(127);
      frame.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(payload.length).array());
    }
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  private void receive(byte[] bytes) {
    byte[] all = Arrays.copyOf(received, received.length + bytes.length);
    System.arraycopy(bytes, 0, all, received.length, bytes.length);
    ByteBuffer in = ByteBuffer.wrap(all);
    while (frameIn(in)) {
      in.mark();
    }
    in.reset();
    received = Arrays.copyOfRange(all, in.position(), all.length);
  }

  /** Takes one whole frame; says no where there is none. */
  private boolean frameIn(ByteBuffer in) {
    in.mark();
    if (in.remaining() < 2) {
      return false;
    }
    int first = in.get() & 0xff;
    long length = in.get() & 0x7f;
    int more = length == 126 ? Short.BYTES : length == 127 ? Long.BYTES : 0;
    if (in.remaining() < more) {
      return false;
    }
    length = more == 0 ? length : more == Short.BYTES ? in.getShort() & 0xffff : in.getLong();
    if (length < 0 || length > LARGEST_MESSAGE) {
      channel.close();
      return false;
    }
    if (in.remaining() < length + Integer.BYTES) {
      return false;
    }
    byte[] mask = new byte[Integer.BYTES];
    in.get(mask);
    byte[] payload = new byte[(int) length];
    in.get(payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i % mask.length];
    }
    answer(first, payload);
    return true;
  }

  private void answer(int first, byte[] payload) {
    if (first == PING) {
      channel.write(frame(PONG, payload));
    } else if (first == CLOSE) {
      channel.write(frame(CLOSE, payload));
      channel.close();
    } else if (first == BINARY && payload.length > 1 && payload[0] == 0) {
      byte[] back = payload.clone();
      back[0] = ports ? 0 : STANDARD_OUTPUT;
      channel.write(frame(BINARY, back));
    }
  }
}
