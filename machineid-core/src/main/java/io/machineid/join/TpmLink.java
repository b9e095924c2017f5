package io.machineid.join;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** Sends commands to a TPM, and reads what it answers. For one thread at a time; blocks. */
final class TpmLink implements AutoCloseable {

  /** No TPM has more to say at a time. */
  private static final int LIMIT_BYTES = 4096;

  private static final int HEADER_BYTES = 10;

  private final ByteChannel channel;
  private final String name;
  private boolean broken;

  /**
   * Speaks over a channel.
   *
   * @param channel a device, or a stream; closed in the end
   * @param name for messages
   */
  TpmLink(ByteChannel channel, String name) {
    this.channel = channel;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** What a TPM answers to a command: one handle at most, then parameters. */
  record Answer(int handle, TpmReader parameters) {}

  /**
   * Has a command carried out whose answer begins with a handle.
   *
   * @throws TpmRefusal where the TPM does not do it
   */
  Answer create(TpmCommand command) throws TpmRefusal {
    return answer(command, true);
  }

  /**
   * Has a command carried out.
   *
   * @throws TpmRefusal where the TPM does not do it
   */
  TpmReader send(TpmCommand command) throws TpmRefusal {
    return answer(command, false).parameters();
  }

  private Answer answer(TpmCommand command, boolean withHandle) throws TpmRefusal {
    try {
      TpmReader answer = new TpmReader(exchange(command.encoded())).skip(6); // tag and size
      int code = answer.u32();
      if (code != 0) {
        throw new TpmRefusal(command.name(), code);
      }
      int handle = withHandle ? answer.u32() : 0;
      return new Answer(
          handle, command.hasSessions() ? new TpmReader(answer.raw(answer.u32())) : answer);
    } catch (IOException e) {
      throw Evidence.passing(
          TpmJoin.NAME,
          "the TPM at %s does not answer %s: %s".formatted(name, command.name(), e),
          e);
    } catch (BufferUnderflowException e) {
      throw unreadable(command.name());
    }
  }

  /** Devices answer by one read, and give what is not taken at once to nobody. */
  private ByteBuffer exchange(byte[] command) throws IOException {
    if (broken) {
      throw new IOException("it did not answer before");
    }
    broken = true; // until there is a whole answer
    ByteBuffer out = ByteBuffer.wrap(command);
    while (out.hasRemaining()) {
      channel.write(out);
    }
    ByteBuffer in = ByteBuffer.allocate(LIMIT_BYTES);
    int size = HEADER_BYTES;
    while (in.position() < size) {
      if (channel.read(in) < 0) {
        throw new IOException("it ended after %d bytes".formatted(in.position()));
      }
      size = in.position() < HEADER_BYTES ? HEADER_BYTES : in.getInt(2);
      if (size < HEADER_BYTES || size > LIMIT_BYTES || size < in.position()) {
        throw new IOException(
            "its answer of %d bytes is not one of a TPM".formatted(Integer.toUnsignedLong(size)));
      }
    }
    broken = false;
    return in.flip();
  }

  /** The error for an answer that has not what it should. */
  RuntimeException unreadable(String command) {
    return Evidence.lasting(
        TpmJoin.NAME,
        "what the TPM at %s answers to %s cannot be read: it speaks no TPM 2.0"
            .formatted(name, command));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
