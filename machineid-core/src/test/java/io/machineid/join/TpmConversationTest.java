package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What we say to a TPM, word for word, as {@code swtpm} once took it; what it had to open was
 * sealed by {@code tpm2_makecredential}.
 */
class TpmConversationTest {

  private static final int START_AUTH_SESSION = 0x176;
  private static final int ACTIVATE_CREDENTIAL = 0x147;
  private static final int NONCE_AT = 20;
  private static final int NONCE_END = 36;
  private static final int SEALED_AT = 40;

  private final Deque<byte[]> commands = new ArrayDeque<>();
  private final Deque<byte[]> answers = new ArrayDeque<>();

  private void read() throws Exception {
    try (BufferedReader recorded =
        new BufferedReader(
            new InputStreamReader(
                TpmConversationTest.class.getResourceAsStream("/tpm/swtpm-join.txt"),
                StandardCharsets.US_ASCII))) {
      for (String line : recorded.lines().filter(each -> !each.startsWith("#")).toList()) {
        (line.startsWith(">") ? commands : answers).add(HexFormat.of().parseHex(line.substring(2)));
      }
    }
  }

  /** Takes what was recorded and nothing else, and answers by bits. */
  private final class Recorded implements ByteChannel {
    private ByteBuffer answer = ByteBuffer.allocate(0);

    @Override
    public int write(ByteBuffer source) {
      byte[] said = new byte[source.remaining()];
      source.get(said);
      byte[] expected = commands.remove();
      if (ByteBuffer.wrap(said).getInt(6) == START_AUTH_SESSION) {
        Arrays.fill(said, NONCE_AT, NONCE_END, (byte) 0);
        Arrays.fill(expected, NONCE_AT, NONCE_END, (byte) 0);
      }
      assertThat(said).isEqualTo(expected);
      answer = ByteBuffer.wrap(answers.remove());
      return said.length;
    }

    @Override
    public int read(ByteBuffer target) {
      int count = Math.min(7, answer.remaining());
      for (int i = 0; i < count; i++) {
        target.put(answer.get());
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void commands_areThoseThatATpmHasTaken() throws Exception {
    read();
    byte[] activate =
        commands.stream()
            .filter(each -> ByteBuffer.wrap(each).getInt(6) == ACTIVATE_CREDENTIAL)
            .findFirst()
            .orElseThrow();
    TpmReader sealed = new TpmReader(Arrays.copyOfRange(activate, SEALED_AT, activate.length));
    try (TpmSession session =
        JoinMethod.tpm("any")
            .source(() -> new TpmChip(new TpmLink(new Recorded(), "a recording")))
            .open()) {
      assertThat(session.attestation().certificate()).isEmpty();
      assertThat(session.describe())
          .isEqualTo(
              "ek_public_hash 4e480f7d194cba413bd38e786435beff76091d30e60e2bed55d0a68b2e471bc3");
      byte[] blob = sealed.sized();
      byte[] secret = sealed.sized();
      assertThat(List.of(blob.length, secret.length)).containsExactly(68, 256);
      assertThat(session.exposeSolution(blob, secret))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("0123456789abcdef0123456789abcdef");
    }
    assertThat(commands).as("also the last, by which it lets go").isEmpty();
  }
}
