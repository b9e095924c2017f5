package io.machineid.kubernetes.internal;

import java.nio.ByteBuffer;

/**
 * The lines of a watch, each of them an event. Teleport 16 sends an empty one between two events
 * now and then; it means nothing, but an informer of fabric8 stops for good when it reads one, and
 * the official client's lists everything anew. So these lines are left out. Not thread-safe, as the
 * bytes of a stream come one after the other.
 */
final class EventLines {

  private volatile boolean open;

  /** Whether a line has begun and not ended. */
  boolean isOpen() {
    return open;
  }

  /** The bytes of {@code part} that are not an empty line; {@code part} itself where all are. */
  ByteBuffer read(ByteBuffer part) {
    int begin = part.position();
    ByteBuffer kept = null;
    boolean inLine = open;
    for (int i = begin; i < part.limit(); i++) {
      byte letter = part.get(i);
      if (letter == '\n' && !inLine) {
        kept = kept == null ? copy(part, i) : kept;
      } else if (kept != null) {
        kept.put(letter);
      }
      inLine = letter != '\n';
    }
    open = inLine;
    return kept == null ? part : kept.flip();
  }

  /** What comes before {@code end}, with room for the rest. */
  private static ByteBuffer copy(ByteBuffer part, int end) {
    return ByteBuffer.allocate(part.remaining())
        .put(part.slice(part.position(), end - part.position()));
  }
}
