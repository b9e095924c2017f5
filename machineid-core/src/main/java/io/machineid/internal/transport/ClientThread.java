package io.machineid.internal.transport;

import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The thread of a JDK client, which ends the client when it is interrupted. Before JDK 21 there is
 * nothing else to end one by: idle, it ends when it has been collected.
 */
public final class ClientThread {

  private static final Pattern NUMBER = Pattern.compile("\\((\\d+)\\)$");

  private ClientThread() {}

  /** The thread of client number 7, whose text ends with (7), is HttpClient-7-SelectorManager. */
  public static Optional<Thread> of(HttpClient client) {
    Matcher number = NUMBER.matcher(client.toString());
    if (!number.find()) {
      return Optional.empty();
    }
    String name = "HttpClient-" + number.group(1) + "-SelectorManager";
    return threads().filter(thread -> thread.getName().equals(name)).findFirst();
  }

  private static Stream<Thread> threads() {
    ThreadGroup all = Thread.currentThread().getThreadGroup();
    while (all.getParent() != null) {
      all = all.getParent();
    }
    Thread[] room = new Thread[2 * all.activeCount() + 16];
    return Arrays.stream(room, 0, all.enumerate(room));
  }
}
