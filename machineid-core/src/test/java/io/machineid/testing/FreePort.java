package io.machineid.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a port that nobody listens at, for a server of that port to come or never to come. It is
 * below those that systems give to whoever wants any: none of the many connections of other tests
 * takes it in the meantime, nor does one to the port itself end at itself.
 */
public final class FreePort {

  private static final int FIRST = 20_000;
  private static final int END = 32_000;

  private FreePort() {}

  public static int find() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException e) {
        // taken
      }
    }
  }
}
