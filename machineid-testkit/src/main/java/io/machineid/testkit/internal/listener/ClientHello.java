package io.machineid.testkit.internal.listener;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The first message of a TLS client, as far as it decides where to go.
 *
 * @param serverName the server's name (SNI), lower case
 * @param protocols the protocols offered (ALPN), in order
 */
record ClientHello(Optional<String> serverName, List<String> protocols) {

  private static final int VERSION_AND_RANDOM = 34;
  private static final int SERVER_NAME = 0;
  private static final int ALPN = 16;
  private static final int HOST_NAME = 0;

  /**
   * Reads the body of the message.
   *
   * @throws IndexOutOfBoundsException where it is cut short
   */
  static ClientHello parse(ByteBuf message) {
    ByteBuf in = message.slice();
    in.skipBytes(VERSION_AND_RANDOM);
    in.skipBytes(in.readUnsignedByte());
    in.skipBytes(in.readUnsignedShort());
    in.skipBytes(in.readUnsignedByte());
    Optional<String> serverName = Optional.empty();
    List<String> protocols = List.of();
    ByteBuf extensions = in.isReadable() ? in.readSlice(in.readUnsignedShort()) : in.readSlice(0);
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf content = extensions.readSlice(extensions.readUnsignedShort());
      if (type == SERVER_NAME) {
        serverName = serverName(content);
      } else if (type == ALPN) {
        protocols = protocols(content);
      }
    }
    return new ClientHello(serverName, protocols);
  }

  private static Optional<String> serverName(ByteBuf content) {
    ByteBuf names = content.readSlice(content.readUnsignedShort());
    while (names.isReadable()) {
      int type = names.readUnsignedByte();
      String name = text(names.readSlice(names.readUnsignedShort()));
      if (type == HOST_NAME) {
        return Optional.of(name.toLowerCase(Locale.ROOT));
      }
    }
    return Optional.empty();
  }

  private static List<String> protocols(ByteBuf content) {
    ByteBuf list = content.readSlice(content.readUnsignedShort());
    List<String> protocols = new ArrayList<>();
    while (list.isReadable()) {
      protocols.add(text(list.readSlice(list.readUnsignedByte())));
    }
    return protocols;
  }

  private static String text(ByteBuf bytes) {
    return bytes.toString(StandardCharsets.US_ASCII);
  }
}
