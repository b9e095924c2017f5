package io.machineid.join;

/** How much evidence may be: what a source brings is not sent at any size. */
final class EvidenceSize {

  static final int LARGEST = 256 << 10;

  private EvidenceSize() {}

  /**
   * Refuses evidence that is too large.
   *
   * @param method the join method, for messages
   * @param size of all of its parts, in bytes or characters
   */
  static void check(String method, long size) {
    if (size > LARGEST) {
      throw Evidence.lasting(
          method,
          "the evidence is too large: %d bytes, and at most %d are sent. Check its source"
              .formatted(size, LARGEST));
    }
  }
}
