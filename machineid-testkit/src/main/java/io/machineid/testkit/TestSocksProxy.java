package io.machineid.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A SOCKS5 proxy, as it may stand between a service and its Teleport cluster. Any host name leads
 * to this machine, so that a cluster whose {@linkplain TestClusterBuilder#publicHost public host}
 * exists nowhere is reached through the proxy alone. It listens on loopback only, and connects to
 * loopback only.
 *
 * <p>Thread-safe. Settings count for the next request.
 */
public final class TestSocksProxy implements AutoCloseable {

  private static final int VERSION = 5;
  private static final byte WITHOUT_PASSWORD = 0;
  private static final byte PASSWORD = 2;
  private static final byte NONE = (byte) 0xff;
  private static final int UNREACHABLE = 4;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final ProxySockets sockets;
  private volatile String userInfo = "";
  private volatile int target;
  private volatile int refusal;

  private TestSocksProxy(ServerSocket server) {
    sockets = new ProxySockets(server, "machineid-testkit-socks-proxy");
  }

  /**
   * Starts a proxy on a free port, which lets everybody through.
   *
   * @return the proxy, serving
   */
  public static TestSocksProxy start() {
    try {
      TestSocksProxy proxy =
          new TestSocksProxy(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()));
      proxy.sockets.accept(proxy::serve);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets through only who tells this user and password (RFC 1929).
   *
   * @param user the user, without a colon
   * @param password the password
   * @return this
   */
  public TestSocksProxy requirePassword(String user, String password) {
    userInfo = user + ":" + password;
    return this;
  }

  /**
   * Leads all tunnels to one port of this machine, instead of the one that was asked for.
   *
   * @param port the port
   * @return this
   */
  public TestSocksProxy leadTo(int port) {
    target = port;
    return this;
  }

  /**
   * Answers all requests with a code of RFC 1928, and makes no tunnel.
   *
   * @param code such as 2, not allowed by the rules; 0 to make tunnels again
   * @return this
   */
  public TestSocksProxy refuseWith(int code) {
    refusal = code;
    return this;
  }

  /**
   * What to set {@code ALL_PROXY} or {@code HTTPS_PROXY} to.
   *
   * @return such as {@code socks5://user:password@localhost:40123}, with the password where one is
   *     required; it is not escaped
   */
  public String url() {
    return "socks5://" + (userInfo.isEmpty() ? "" : userInfo + "@") + "localhost:" + port();
  }

  /**
   * Where the proxy listens.
   *
   * @return the port on loopback
   */
  public int port() {
    return sockets.port();
  }

  /**
   * What was asked for so far.
   *
   * @return such as {@code CONNECT teleport.example.com:443}, oldest first
   */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Cuts all tunnels without a word; new ones are welcome. */
  public void dropConnections() {
    sockets.drop();
  }

  private void serve(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    if (in.readUnsignedByte() != VERSION || !isWelcome(client, in, offered(in))) {
      return;
    }
    in.readUnsignedByte(); // the version again
    int command = in.readUnsignedByte();
    in.readUnsignedByte(); // reserved
    String host = host(in);
    int port = in.readUnsignedShort();
    requests.add("CONNECT " + host + ":" + port);
    if (command != 1 || refusal != 0) {
      answer(client, command == 1 ? refusal : 7);
      return;
    }
    Socket upstream;
    try {
      upstream = sockets.connect(target == 0 ? port : target);
    } catch (IOException e) {
      answer(client, UNREACHABLE);
      return;
    }
    answer(client, 0);
    sockets.join(client, upstream);
  }

  private static String offered(DataInputStream in) throws IOException {
    return text(in, in.readUnsignedByte());
  }

  private static String text(DataInputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private boolean isWelcome(Socket client, DataInputStream in, String offered) throws IOException {
    byte wanted = userInfo.isEmpty() ? WITHOUT_PASSWORD : PASSWORD;
    boolean common = offered.indexOf(wanted) >= 0;
    client.getOutputStream().write(new byte[] {VERSION, common ? wanted : NONE});
    if (!common || wanted == WITHOUT_PASSWORD) {
      return common;
    }
    in.readUnsignedByte(); // the version of this exchange
    String user = text(in, in.readUnsignedByte());
    String told = user + ":" + text(in, in.readUnsignedByte());
    boolean right =
        MessageDigest.isEqual(
            told.getBytes(StandardCharsets.ISO_8859_1), userInfo.getBytes(StandardCharsets.UTF_8));
    client.getOutputStream().write(new byte[] {1, (byte) (right ? 0 : 1)});
    return right;
  }

  private static String host(DataInputStream in) throws IOException {
    int kind = in.readUnsignedByte();
    if (kind == 3) {
      return text(in, in.readUnsignedByte());
    }
    byte[] address = new byte[kind == 1 ? 4 : 16];
    in.readFully(address);
    return InetAddress.getByAddress(address).getHostAddress();
  }

  private static void answer(Socket client, int code) throws IOException {
    client.getOutputStream().write(new byte[] {VERSION, (byte) code, 0, 1, 0, 0, 0, 0, 0, 0});
  }

  /** Ends all tunnels and the port; a second time does nothing. */
  @Override
  public void close() {
    sockets.close();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "TestSocksProxy[localhost:" + port() + "]";
  }
}
