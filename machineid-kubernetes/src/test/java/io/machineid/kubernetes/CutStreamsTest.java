package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.Credential;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How streams into pods end that would outlive their certificate. They go on over a rotation, end
 * before their certificate does, and say so.
 */
class CutStreamsTest {

  private static final String NAMESPACE = "streams";
  private static final String REASON = "Open it again";
  private static final String END = "an end without an error";
  private static final long LONGEST_SECONDS = 60;

  private final Torture torture = new Torture(1);
  private final KubernetesAccess access = torture.access(NAMESPACE);

  @AfterEach
  void close() throws Exception {
    torture.close();
  }

  /** fabric8's transports. */
  enum Transport {
    JDK,
    OKHTTP
  }

  private PodStream.OfFabric8 fabric8(Transport transport) {
    return new PodStream.OfFabric8(
        transport == Transport.JDK ? Fabric8.client(access) : Fabric8.clientOnOkHttp(access),
        NAMESPACE);
  }

  private PodStream.Official official() {
    return new PodStream.Official(OfficialClient.client(access), NAMESPACE);
  }

  @ParameterizedTest
  @EnumSource
  void exec_ofFabric8_tellsItsListenerWhy(Transport transport) throws Exception {
    End end = cut(fabric8(transport).exec());

    assertThat(end.reader()).isInstanceOf(IOException.class);
    assertThat(end.told().get(LONGEST_SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(REASON);
  }

  @ParameterizedTest
  @EnumSource
  void attach_ofFabric8_tellsItsListenerWhy(Transport transport) throws Exception {
    End end = cut(fabric8(transport).attach());

    assertThat(end.reader()).isInstanceOf(IOException.class);
    assertThat(end.told().get(LONGEST_SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(REASON);
  }

  @ParameterizedTest
  @EnumSource
  void logs_ofFabric8_failTheReader(Transport transport) throws Exception {
    // fabric8 has words of its own for it, and keeps the reason
    assertThat(cut(fabric8(transport).logs(this::log)).reader()).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @EnumSource
  void portForward_ofFabric8_closesItsSocketAndNotesWhy(Transport transport) throws Exception {
    End end = cut(fabric8(transport).portForward());

    assertThat(end.reader()).isEqualTo(END);
    assertThat(end.told().get(LONGEST_SECONDS, TimeUnit.SECONDS)).hasStackTraceContaining(REASON);
  }

  @Test
  void logs_ofTheJdksClient_failTheReaderWithTheReason() throws Exception {
    assertThat(cut(PodStream.logs(access, NAMESPACE, this::log)).reader())
        .asInstanceOf(InstanceOfAssertFactories.throwable(IOException.class))
        .hasStackTraceContaining(REASON);
  }

  @Test
  void exec_ofTheOfficialClient_endsAndTellsItsHandlerWhy() throws Exception {
    End end = cut(official().exec());

    assertThat(end.reader()).isEqualTo(END);
    assertThat(end.told().get(LONGEST_SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(REASON);
  }

  @Test
  void attach_ofTheOfficialClient_ends() throws Exception {
    assertThat(cut(official().attach()).reader()).isEqualTo(END);
  }

  @Test
  void portForward_ofTheOfficialClient_ends() throws Exception {
    assertThat(cut(official().portForward()).reader()).isEqualTo(END);
  }

  @Test
  void logs_ofTheOfficialClient_failTheReaderWithTheReason() throws Exception {
    assertThat(cut(official().logs(this::log)).reader())
        .asInstanceOf(InstanceOfAssertFactories.throwable(IOException.class))
        .hasMessageContaining(REASON);
  }

  private void log(String text) {
    torture
        .teleport
        .kubernetes(Torture.KUBE)
        .appendLog(NAMESPACE, TortureClient.STEADY, "main", text);
  }

  /**
   * An end.
   *
   * @param reader what the reader got; an end without an error where it is no exception
   * @param told what the client told somebody else
   */
  private record End(Object reader, CompletableFuture<Throwable> told) {}

  /** Uses a stream before and after a rotation, and waits for its end. */
  private End cut(PodStream stream) throws Exception {
    BlockingQueue<Object> read = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(stream, read), "reader");
    reader.setDaemon(true);
    reader.start();
    torture.own(stream);
    echo(stream, read, 'a');
    Instant end = access.credential().current().notAfter();
    CompletableFuture<Credential> takenUp = new CompletableFuture<>();
    access.credential().onRotation(takenUp::complete); // listeners are told in turn: the access was
    torture.rotate();
    takenUp.get(LONGEST_SECONDS, TimeUnit.SECONDS);
    echo(stream, read, 'b');

    while (Duration.between(torture.time.instant(), end).toSeconds() > 2) {
      torture.step();
    }
    Object last = read.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
    assertThat(torture.time.instant()).isBefore(end);
    assertThat(last).as("what came last").isNotNull();
    return new End(last, stream.told());
  }

  private static void read(PodStream stream, BlockingQueue<Object> read) {
    try {
      for (int letter = stream.in().read(); letter >= 0; letter = stream.in().read()) {
        read.add((char) letter);
      }
      read.add(END);
    } catch (IOException e) {
      read.add(e);
    }
  }

  private static void echo(PodStream stream, BlockingQueue<Object> read, char letter)
      throws Exception {
    stream.out().write(letter);
    stream.out().flush();
    assertThat(read.poll(LONGEST_SECONDS, TimeUnit.SECONDS))
        .as("what comes back; the client tells: %s", stream.told())
        .isEqualTo(letter);
  }
}
